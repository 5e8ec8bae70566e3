"""`python -m enrich`, and what the command `enrich` runs."""

from enrich.commands import app


def main() -> None:
    app(prog_name="enrich")


if __name__ == "__main__":
    main()
