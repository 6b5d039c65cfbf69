// How the threads of a grid share out what is to do.

namespace device {

// Calls visit(i) for all i below `count`; threads side by side have neighbouring i at a time.
template <typename Index, typename Visit> CORNU_DEVICE void for_each_in_grid(Index count, Visit visit) {
  const Index step = static_cast<Index>(gridDim.x) * blockDim.x;
  for (Index i = static_cast<Index>(blockIdx.x) * blockDim.x + threadIdx.x; i < count; i += step) visit(i);
}

// Calls store(i, load(i)) for all i below `count`. A thread has several loads under way before it stores: the compiler
// cannot bring them forward itself, because it does not know that they read elsewhere.
template <typename Index, typename Load, typename Store>
CORNU_DEVICE void move_in_grid(Index count, Load load, Store store) {
  constexpr int kLoads = 4;
  const Index step = static_cast<Index>(gridDim.x) * blockDim.x;
  for (Index first = static_cast<Index>(blockIdx.x) * blockDim.x + threadIdx.x; first < count; first += kLoads * step) {
    decltype(load(first)) values[kLoads];
    CORNU_UNROLL for (int k = 0; k < kLoads; ++k) {
      if (first + k * step < count) values[k] = load(first + k * step);
    }
    CORNU_UNROLL for (int k = 0; k < kLoads; ++k) {
      if (first + k * step < count) store(first + k * step, values[k]);
    }
  }
}

// Whether all of these can be read and written `kCount` elements at a time.
template <int kCount, typename... T> CORNU_DEVICE bool are_aligned(const T*... pointers) {
  return (is_aligned<kCount>(pointers) && ...);
}

// Several elements from anywhere, at once where the address allows it; and back.
template <int kCount, typename T> CORNU_DEVICE Pack<T, kCount> load_any(const T* pointer) {
  if (is_aligned<kCount>(pointer)) return load_pack<kCount>(pointer);
  Pack<T, kCount> pack;
  CORNU_UNROLL for (int k = 0; k < kCount; ++k) pack.values[k] = pointer[k];
  return pack;
}
template <int kCount, typename T> CORNU_DEVICE void store_any(T* pointer, const Pack<T, kCount>& pack) {
  if (is_aligned<kCount>(pointer)) return store_pack(pointer, pack);
  CORNU_UNROLL for (int k = 0; k < kCount; ++k) pointer[k] = pack.values[k];
}

}  // namespace device
