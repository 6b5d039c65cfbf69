#include "framework/backends/onednn/vector/block_table.h"

#include <stdexcept>
#include <string>

#include "framework/backends/onednn/vector/isa.h"

namespace cornu::vector {

std::vector<const BlockTable*> usable_tables() {
  std::vector<const BlockTable*> tables{&baseline::kTable};
#ifdef CORNU_ISA_VARIANTS
  if (onednn::machine_isa() != onednn::Isa::kBaseline) tables.push_back(&avx2::kTable);
  if (onednn::machine_isa() == onednn::Isa::kAvx512) tables.push_back(&avx512::kTable);
#endif
  return tables;
}

const BlockTable& block_table() {
  static const BlockTable* const best = usable_tables().back();
  return *best;
}

const BlockKernel* find_kernel(const BlockTable& table, std::string_view name) {
  for (int i = 0; i < table.num_kernels; ++i) {
    if (name == table.kernels[i].name) return &table.kernels[i];
  }
  return nullptr;
}

const BlockConversion& conversion_of(const BlockTable& table, DType dtype) {
  const std::string_view name = name_of(dtype);
  for (int i = 0; i < table.num_conversions; ++i) {
    if (name == table.conversions[i].dtype) return table.conversions[i];
  }
  throw std::logic_error("no block conversion for " + std::string(name));
}

}  // namespace cornu::vector
