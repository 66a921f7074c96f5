"""What the seeded records say: small stocks of words and sentences, combined by ``content.py``."""

from __future__ import annotations

NEWS_LABELS = ("World", "Sports", "Business", "Sci/Tech")

CITIES = ("Lisbon", "Nairobi", "Köln", "Toronto", "São Paulo", "Kyoto", "Gdańsk", "Lima", "Zürich", "Hanoi")
COMPANIES = ("Nordwind AG", "Brightwater Foods", "Kite Robotics", "Halcyon Bank", "Tanaka Optics", "Müller & Söhne")
PEOPLE = ("Amara Okafor", "Jürgen Weiß", "Lucía Fernández", "Haruki Sato", "Priya Raman", "Tomás Novák", "Zoë Clarke")
TEAMS = ("Harbour United", "Red Falcons", "Alpine Wolves", "River City", "FC Blau-Gelb")
MONTHS = ("January", "March", "May", "July", "September", "November")

# One headline and one text for each; both are filled from the stocks above.
NEWS: dict[str, tuple[tuple[str, str], ...]] = {
    "World": (
        ("Talks in {city} end without agreement", "Delegates left {city} on Friday after {n} days of talks. {person} called the result “a pause, not an end”."),
        ("{city} prepares for record rainfall", "Authorities in {city} closed {n} schools as the river rose. More rain is expected until {month}."),
        ("Wahl in {city}: Beteiligung höher als erwartet", "In {city} gaben bis zum Nachmittag {n} Prozent der Berechtigten ihre Stimme ab, sagte {person}."),
    ),
    "Sports": (
        ("{team} win in the last minute", "{person} scored in stoppage time as {team} beat {team2} in {city} before {n}00 fans ⚽"),
        ("{team} sign {person}", "{team} confirmed that {person} joins from {team2} until {month}. The fee is said to be {n} million."),
        ("{team}が逆転勝利", "{city}で行われた試合で、{team}が{n}分に逆転し、{team2}を破った。"),
    ),
    "Business": (
        ("{company} beats forecasts", "{company} reported a profit of {n} million for the quarter, helped by demand in {city}. Shares rose {n2} percent."),
        ("{company} to close its plant in {city}", "{n} jobs are affected, {person} of {company} said. Unions announced a strike for {month}."),
        ("{company} übernimmt {company2}", "Der Kaufpreis liegt bei {n} Millionen Euro. {person} bleibt bis {month} im Vorstand."),
    ),
    "Sci/Tech": (
        ("{company} shows a battery that charges in {n} minutes", "Researchers in {city} tested it for {n2} months. “It surprised us all”, said {person} 🔋"),
        ("New telescope near {city} sees first light", "After {n} years of work the first picture shows a galaxy of the early universe, says {person}."),
        ("{city}の研究チームが新素材を開発", "{person}らのチームは、{n}度の熱に耐える新しい素材を開発したと発表した。"),
    ),
}  # fmt: skip

TOPIC_LABELS = ("billing", "delivery", "quality", "praise", "account", "legal")

TOPICS: dict[str, tuple[str, ...]] = {
    "billing": ("I was charged twice for order {n}.", "Die Rechnung vom {n2}. {month} stimmt nicht.", "請求書の金額が{n}円違います。"),
    "delivery": ("My parcel has been in {city} for {n2} days.", "Das Paket ist noch immer in {city} 📦", "荷物がまだ{city}から届きません。"),
    "quality": ("The handle broke after {n2} uses.", "Nach {n2} Tagen war das Gerät kaputt.", "{n2}日で壊れてしまいました。"),
    "praise": ("{person} from your support was a great help, thank you!", "Super Service, danke an {person} 😊", "対応がとても丁寧でした。"),
    "account": ("I cannot log in since {month}.", "Mein Passwort für {city} geht nicht mehr.", "ログインできません。"),
    "legal": ("Please delete all data you hold about me.", "Ich widerrufe meine Einwilligung.", "個人情報を削除してください。"),
}  # fmt: skip

ENTITY_LABELS = ("PERSON", "ORG", "LOC", "DATE")

# Pieces of a sentence; {PERSON} and the like become entities.
SENTENCES: tuple[tuple[str, ...], ...] = (
    ("{PERSON}", " joined ", "{ORG}", " in ", "{DATE}", " ."),
    ("{ORG}", " moves its office from ", "{LOC}", " to ", "{LOC}", " ."),
    ("In ", "{LOC}", " , ", "{PERSON}", " met the board of ", "{ORG}", " ."),
    ("{PERSON}", " zog im ", "{DATE}", " nach ", "{LOC}", " 🏠 ."),
    ("{DATE}", "に", "{PERSON}", "は", "{LOC}", "を訪れた", "。"),
    ("Nothing of note happened today .",),
)  # fmt: skip

STORY_OPENINGS = (
    "The city council of {city} met on Tuesday to decide about {subject}.",
    "Seit {month} streitet {city} über {subject}.",
    "{person} has spent {n2} years working on {subject}.",
    "{city}では{subject}についての議論が続いている。",
)
STORY_MIDDLES = (
    "Costs have risen from {n} to {n}0 thousand, and nobody can say why.",
    "{person} of {company} warned that time is short.",
    "Neighbours hung “NO!” banners from their windows; children painted over them.",
    "Ein Gutachten mit {n} Seiten liegt vor, gelesen hat es kaum jemand.",
)
STORY_ENDS = (
    "A vote is planned for {month}.",
    "Until then, everything stays as it is.",
    "“We will be back”, said {person} 👋",
    "結論は{month}まで持ち越された。",
)
SUBJECTS = ("a new tram line", "the old harbour", "school lunches", "the town's bees", "das Freibad", "a bridge for cyclists")
SUMMARIES = (
    "{city} argues about {subject}.",
    "{subject}: decision put off until {month}.",
    "{person} wants {subject}, the council does not know.",
    "{city} streitet über {subject}.",
)
