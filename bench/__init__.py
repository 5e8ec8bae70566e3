"""How fast files are split, beside what else reads them: `make bench`, see docs/performance.md."""
