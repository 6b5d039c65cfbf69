// Running totals over the threads of a block.

namespace device {

struct Sum {
  template <typename T> static CORNU_DEVICE T identity() { return 0; }
  template <typename T> static CORNU_DEVICE T combined(T a, T b) { return a + b; }
};
struct Product {
  template <typename T> static CORNU_DEVICE T identity() { return 1; }
  template <typename T> static CORNU_DEVICE T combined(T a, T b) { return a * b; }
};

// Leaves in totals[i] what the threads up to i had there: for one value of each thread, in shared memory.
template <int kThreads, typename Rule, typename T> CORNU_DEVICE void scan_block(T* totals) {
  const int own = static_cast<int>(threadIdx.x);
  CORNU_BARRIER();
  for (int distance = 1; distance < kThreads; distance *= 2) {
    const T before = own >= distance ? totals[own - distance] : Rule::template identity<T>();
    CORNU_BARRIER();
    totals[own] = Rule::combined(before, totals[own]);
    CORNU_BARRIER();
  }
}

}  // namespace device
