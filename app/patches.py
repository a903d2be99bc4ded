"""JSON Merge Patch (RFC 7396): what a patch makes of a document."""

from typing import Any


def apply_merge_patch(target: Any, patch: Any) -> Any:
    """What a patch makes of a value, both as JSON has them; neither is changed.

    A member of the patch takes the place of the target's, null removes it, and an object changes it member by member;
    anything else, an array too, is taken as it is.
    """
    if not isinstance(patch, dict):
        return patch
    patched = dict(target) if isinstance(target, dict) else {}
    for name, change in patch.items():
        if change is None:
            patched.pop(name, None)
        else:
            patched[name] = apply_merge_patch(patched.get(name), change)
    return patched
