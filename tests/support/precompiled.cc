// Empty: a precompiled header belongs to a target, and CMake makes it for a target that has a file to use it.
