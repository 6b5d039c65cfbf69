#include "framework/backends/onednn/engine.h"

#include <omp.h>

#include <algorithm>
#include <cctype>
#include <numeric>
#include <vector>

#include "framework/error.h"

namespace cornu::onednn {
namespace {

// oneDNN divides its work among omp_get_max_threads() threads. Where OMP_THREAD_LIMIT allows fewer, it would wait for
// those that never come, or leave their part undone.
void respect_thread_limit() {
  thread_local const bool done = [] {
    if (omp_get_max_threads() > omp_get_thread_limit()) omp_set_num_threads(omp_get_thread_limit());
    return true;
  }();
  static_cast<void>(done);
}

dnnl::memory::data_type data_type_of(DType dtype) {
  return dtype == DType::kBFloat16 ? dnnl::memory::data_type::bf16 : dnnl::memory::data_type::f32;
}

bool multiplies_bfloat16() {
  switch (dnnl::get_effective_cpu_isa()) {
    case dnnl::cpu_isa::avx512_core_bf16:
    case dnnl::cpu_isa::avx512_core_fp16:
    case dnnl::cpu_isa::avx512_core_amx:
    case dnnl::cpu_isa::avx512_core_amx_fp16: return true;
    default: return false;
  }
}

bool holds_numbers(const TensorSpec& spec, DType dtype) { return spec.dtype == dtype && spec.shape.num_elements() > 0; }

}  // namespace

dnnl::engine& cpu_engine() {
  respect_thread_limit();
  static dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

dnnl::stream& thread_stream() {
  respect_thread_limit();
  thread_local dnnl::stream stream(cpu_engine());
  return stream;
}

dnnl::primitive_attr user_scratchpad() {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attributes;
}

dnnl::memory::desc row_major(const Shape& shape) {
  if (shape.rank() == 0) return strided({1}, {1});
  return strided(shape.dims(), row_major_strides(shape));
}

dnnl::memory::desc strided(const dnnl::memory::dims& dims, const dnnl::memory::dims& strides, DType dtype) {
  return {dims, data_type_of(dtype), strides};
}

dnnl::memory::desc any_layout(const dnnl::memory::dims& dims, DType dtype) {
  return {dims, data_type_of(dtype), dnnl::memory::format_tag::any};
}

void throw_unsupported(const KernelRequest& request, const dnnl::error& error) {
  std::string shapes;
  for (const TensorSpec& input : request.inputs) shapes += (shapes.empty() ? "" : ", ") + input.to_string();
  throw Unsupported(
      "operation '" + request.operation + "': expected operands that oneDNN can compute with; got (" + shapes +
          ") with " + request.attributes.to_string() +
          ". Split the operation into smaller ones, or report this combination. [oneDNN: " + error.what() + "]",
      {}, request.operation);
}

bool has_constant_weights(const KernelRequest& request) {
  return request.attributes.contains("constant_weights") && request.attributes.flag("constant_weights");
}

bool is_served(const KernelRequest& request) {
  const auto fits = [](const TensorSpec& spec) { return holds_numbers(spec, DType::kFloat32); };
  return std::all_of(request.inputs.begin(), request.inputs.end(), fits) &&
         std::all_of(request.outputs.begin(), request.outputs.end(), fits);
}

bool is_served_in_bfloat16(const KernelRequest& request) {
  if (!multiplies_bfloat16() || request.inputs.size() < 2) return false;
  for (std::size_t i = 0; i < request.inputs.size(); ++i) {
    if (!holds_numbers(request.inputs[i], i < 2 ? DType::kBFloat16 : DType::kFloat32)) return false;
  }
  return std::all_of(request.outputs.begin(), request.outputs.end(), [](const TensorSpec& spec) {
    return holds_numbers(spec, DType::kFloat32) || holds_numbers(spec, DType::kBFloat16);
  });
}

bool ChosenLayout::equals(const Layout& other) const {
  const auto* chosen = dynamic_cast<const ChosenLayout*>(&other);
  return chosen && chosen->plain_ == plain_ && chosen->desc_ == desc_;
}

// As oneDNN writes its format tags: axes from the slowest to the fastest, blocked ones in capitals, then the blocks.
std::string ChosenLayout::to_string() const {
  const dnnl::memory::dims strides = desc_.get_strides();
  const dnnl::memory::dims blocks = desc_.get_inner_blks();
  const dnnl::memory::dims block_axes = desc_.get_inner_idxs();
  std::vector<std::size_t> order(strides.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return strides[a] > strides[b]; });
  std::string text;
  for (std::size_t axis : order) {
    const bool blocked =
        std::find(block_axes.begin(), block_axes.end(), static_cast<std::int64_t>(axis)) != block_axes.end();
    text += static_cast<char>((blocked ? 'A' : 'a') + static_cast<int>(axis));
  }
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    text += std::to_string(blocks[i]) + static_cast<char>('a' + static_cast<int>(block_axes[i]));
  }
  return text;
}

}  // namespace cornu::onednn
