"""The places that content is read from. Each fulfils ``exporter.source.Source``, and knows nothing of what is done with it."""
