"""Raw documents of legacy datasets (text classification, token classification, text2text) -> rows, with a schema learnt from all of them. Pure."""
