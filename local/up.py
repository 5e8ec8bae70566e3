"""`make up`: start the local stack and leave it running."""

import sys

from rich.console import Console

from local import stack
from local.build import ROOT, CommandFailed


def main() -> int:
    console = Console(stderr=True)
    if stack.current():
        console.print(f"A stack is running already: {stack.FILE}. Stop it with make down.")
        return 0
    try:
        with console.status("starting") as status:
            started = stack.start(lambda step: status.update(step + " ..."))
    except (CommandFailed, stack.StackError) as error:
        console.print(str(error), style="red", markup=False)
        return 1
    print(started.model_dump_json(indent=2))
    console.print(
        f"The stack runs; {stack.FILE.relative_to(ROOT)} tells where. Stop it with make down."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
