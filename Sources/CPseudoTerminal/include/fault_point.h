#pragma once

/// Places at which a test may end or stop this process, or its parent, at one exact moment. Only in debug builds, where
/// Package.swift defines FAULT_POINTS; in a release build nothing of it is left.
///
/// | variable | what it says |
/// |---|---|
/// | `FAULT_POINT` | `NAME`, or `NAME:N` for the N-th time that one process passes it |
/// | `FAULT_ACTION` | `kill` (default): KILL to itself; `parent`: KILL to its parent; `stop`: STOP to itself; `trap` |
/// Async-signal-safe: it is also called between fork and exec. A release build has no such function.
/// Returns 1 where the caller, in Swift, is to trap as by an error of its own.
int fault_point_reached(const char *name);

#ifdef FAULT_POINTS
#define FAULT_POINT(name) fault_point_reached(name)
#else
#define FAULT_POINT(name) ((void)0)
#endif
