"""`make down`: stop the local stack."""

from local import stack

if stack.FILE.exists():
    stack.stop(stack.Stack.model_validate_json(stack.FILE.read_text()))
    print("The local stack is stopped.")
else:
    print("No local stack is running.")
