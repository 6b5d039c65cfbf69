// Kernels that work on many tensors at once: their blocks are dealt out to the tensors.

namespace device {

// Which of `kCount` members a block belongs to, by the numbers of their first blocks.
template <int kCount> CORNU_DEVICE int member_of_block(const unsigned int* first_blocks, unsigned int block) {
  int low = 0;
  for (int high = kCount; high - low > 1;) {
    const int middle = (low + high) / 2;
    if (first_blocks[middle] <= block) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return low;
}

}  // namespace device
