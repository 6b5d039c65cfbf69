#pragma once

namespace cornu {

/// Threads that the computations of this thread use; at first as many as the process may use cores, or what
/// OMP_NUM_THREADS says.
int num_threads();

/// Sets them, for this thread alone: one that serves requests may be content with one where another trains with all.
/// More than OMP_THREAD_LIMIT allows are not taken. A Program that was compiled before may keep to the number it was
/// compiled for. **Throws** InvalidArgument unless positive.
void set_num_threads(int count);

/// A number of threads while it lives.
class NumThreadsScope {
 public:
  explicit NumThreadsScope(int count) : before_(num_threads()) { set_num_threads(count); }
  NumThreadsScope(const NumThreadsScope&) = delete;
  NumThreadsScope& operator=(const NumThreadsScope&) = delete;
  ~NumThreadsScope() { set_num_threads(before_); }

 private:
  int before_;
};

}  // namespace cornu
