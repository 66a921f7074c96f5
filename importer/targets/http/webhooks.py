"""The target's webhooks, which an import sets off."""

from dataclasses import replace
from typing import Any

import httpx

from importer.options import TRIED
from importer.plan import Plan, WebhookCalls
from importer.target_state import Capabilities
from importer.targets.http.target import Target

#: What a batch of records sets off, for each of them one: the second where its responses complete it (argilla-server 2.8.0, probed;
#: ``bulk/records_bulk.py``). Responses that come with their record set off nothing.
_RECORD = frozenset({"record.created", "record.updated"})
_DATASET = frozenset({"dataset.created", "dataset.published"})


def with_webhooks(plan: Plan, target: Target) -> Plan:
    """The plan, with the calls to webhooks that it sets off."""
    if not Capabilities.of(target.version).has_webhooks:
        return plan
    webhooks = target.api.get("/api/v1/webhooks", {"items": [{"url": str, "events": [str], "enabled": bool}]})["items"]
    called = [webhook_calls(plan, webhook) for webhook in webhooks if webhook["enabled"]]
    return replace(plan, webhooks=[one for one in called if one.calls])


def webhook_calls(plan: Plan, webhook: dict[str, Any]) -> WebhookCalls:
    """How often a webhook is called at most."""
    events = set(webhook["events"])
    calls = 0
    for dataset in plan.datasets:
        if dataset.action in ("create", "replace") and plan.options.part.number == 1:
            calls += len(events & _DATASET) + (dataset.action == "replace" and "dataset.deleted" in events)
        if dataset.action != "skip":
            start, end = plan.options.part.share(dataset.records)
            sent = min(end - start, TRIED) if plan.options.storage else end - start
            calls += sent * bool(events & _RECORD) + sent * (plan.options.storage and "record.deleted" in events)
    return WebhookCalls(httpx.URL(webhook["url"]).host, calls)
