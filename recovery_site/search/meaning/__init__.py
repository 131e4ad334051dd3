"""The optional process that finds pages by what a query means, whatever its words.

`process.py` is the process: it holds a model and the embeddings of our pages' texts (`vectors.py`),
and has neither keys nor the database. `run_jobs` tells it the pages (`passages.py`), `client.py`
asks it and does without when it is slow, off or missing. The search is complete without it:
`results.py` only adds what comes from here to its points.
"""
