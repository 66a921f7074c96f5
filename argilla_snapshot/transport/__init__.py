"""How both sides speak HTTP: JSON, patience with temporary trouble, and errors with an exit code.

This room knows neither Argilla 1.x nor 2.x.
"""
