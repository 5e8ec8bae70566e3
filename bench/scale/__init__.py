"""How time and cost grow with a job: a model of a job's whole way, see docs/performance.md.

What our own code takes is measured and counted (`work`), what the template says is read from it
(`figures`), and what AWS and the provider take is told (`given.toml`). Of these `way` makes the
times of a job's steps, and `model` lets jobs go through them.
"""
