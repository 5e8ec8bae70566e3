"""`python -m bench.scale`: measures and reckons anew, and writes it into `results.json`. How
functions begin is taken from there.
"""

import json

from bench.scale import files
from bench.scale.growth import reckoned
from bench.scale.told import told
from bench.table import RESULTS


def main() -> None:
    sizes = files.measured()
    from bench.scale import work  # when all is measured, as in bench/__main__.py

    results = json.loads(RESULTS.read_text())
    found = {"sizes": sizes, "work": work.counted()}
    results["scaling"] = reckoned(found, results["starting"])
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")
    print(told(results["scaling"]))


if __name__ == "__main__":
    main()
