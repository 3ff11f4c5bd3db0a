"""The use cases of a service day, one file each."""
