"""`make scan`: three scanners look at the template as CloudFormation gets it, and find nothing.

transform    the template after SAM's transform, with parameters as chosen
scanners     cfn-lint, checkov and cdk-nag, each as a list of findings
nag          the part that runs where cdk-nag is installed
waivers      which findings are accepted, and why; they stand beside their resources
"""
