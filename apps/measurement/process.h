#pragma once

namespace cornu::measurement {

/// Seconds since the process was started: since BENCH_T0_NS, nanoseconds of CLOCK_MONOTONIC, where the environment says
/// so; else since what the kernel noted, in ticks of 10 ms.
double seconds_since_start();

/// Seconds that processors have worked for this process, all its threads together: with one thread a time that other
/// processes do not lengthen.
double processor_seconds();

/// The most memory that the process has held so far, in MiB.
double peak_memory_mb();

/// Keeps the process on that many cores, as other frameworks are measured, and computes with as many threads.
/// **Throws** InvalidArgument unless positive.
void use_cores(int count);

}  // namespace cornu::measurement
