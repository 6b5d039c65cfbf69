#include "tests/framework/backends/cuda/emulation/cublas_lt_emulation.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <vector>

#include "framework/dtype.h"
#include "tests/framework/backends/cuda/emulation/emulated_card.h"

namespace cornu::test {

bool emulated_cublas_lt_sums = true;

namespace {

struct Layout {
  cudaDataType type;
  std::int64_t rows;
  std::int64_t columns;
  std::int64_t leading;
  std::int32_t batch = 1;
  std::int64_t batch_stride = 0;
};

struct Description {
  cublasComputeType_t compute;
  cudaDataType scale;
  cublasOperation_t transpose_a = CUBLAS_OP_N;
  cublasOperation_t transpose_b = CUBLAS_OP_N;
  cublasLtEpilogue_t epilogue = CUBLASLT_EPILOGUE_DEFAULT;
  void* bias = nullptr;
};

// The library's opaque structures have room for these, or for a pointer to them.
template <typename Opaque, typename Own> Own& own(Opaque* opaque) {
  static_assert(sizeof(Own) <= sizeof(Opaque) && std::is_trivially_copyable_v<Own>);
  return *reinterpret_cast<Own*>(opaque);
}
Layout& layout_of(cublasLtMatrixLayout_t opaque) { return own<cublasLtMatrixLayoutOpaque_t, Layout>(opaque); }
Description& description_of(cublasLtMatmulDesc_t opaque) {
  return own<cublasLtMatmulDescOpaque_t, Description>(opaque);
}

template <typename T> cublasStatus_t read(T& target, const void* value, std::size_t bytes) {
  if (bytes != sizeof(T)) return CUBLAS_STATUS_INVALID_VALUE;
  std::memcpy(&target, value, bytes);
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t set_description(cublasLtMatmulDesc_t opaque, cublasLtMatmulDescAttributes_t attribute, const void* value,
                               std::size_t bytes) {
  Description& description = description_of(opaque);
  switch (attribute) {
    case CUBLASLT_MATMUL_DESC_TRANSA: return read(description.transpose_a, value, bytes);
    case CUBLASLT_MATMUL_DESC_TRANSB: return read(description.transpose_b, value, bytes);
    case CUBLASLT_MATMUL_DESC_EPILOGUE: return read(description.epilogue, value, bytes);
    case CUBLASLT_MATMUL_DESC_BIAS_POINTER: return read(description.bias, value, bytes);
    default: return CUBLAS_STATUS_NOT_SUPPORTED;
  }
}

cublasStatus_t set_layout(cublasLtMatrixLayout_t opaque, cublasLtMatrixLayoutAttribute_t attribute, const void* value,
                          std::size_t bytes) {
  Layout& layout = layout_of(opaque);
  switch (attribute) {
    case CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT: return read(layout.batch, value, bytes);
    case CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET: return read(layout.batch_stride, value, bytes);
    default: return CUBLAS_STATUS_NOT_SUPPORTED;
  }
}

double load(const void* memory, std::int64_t index, cudaDataType type) {
  switch (type) {
    case CUDA_R_64F: return static_cast<const double*>(memory)[index];
    case CUDA_R_16F: return static_cast<double>(static_cast<float>(static_cast<const Half*>(memory)[index]));
    case CUDA_R_16BF: return static_cast<double>(static_cast<float>(static_cast<const BFloat16*>(memory)[index]));
    default: return static_cast<double>(static_cast<const float*>(memory)[index]);
  }
}

void store(void* memory, std::int64_t index, cudaDataType type, double value) {
  switch (type) {
    case CUDA_R_64F: static_cast<double*>(memory)[index] = value; break;
    case CUDA_R_16F: static_cast<Half*>(memory)[index] = Half(static_cast<float>(value)); break;
    case CUDA_R_16BF: static_cast<BFloat16*>(memory)[index] = BFloat16(static_cast<float>(value)); break;
    default: static_cast<float*>(memory)[index] = static_cast<float>(value); break;
  }
}

struct Product {
  Description description;
  Layout a, b, c, d;
  double alpha, beta;
  const void* a_memory;
  const void* b_memory;
  const void* c_memory;
  void* d_memory;

  std::int64_t inner() const { return description.transpose_a == CUBLAS_OP_N ? a.columns : a.rows; }

  double a_at(std::int64_t matrix, std::int64_t row, std::int64_t p) const {
    if (description.transpose_a != CUBLAS_OP_N) std::swap(row, p);
    return load(a_memory, matrix * a.batch_stride + p * a.leading + row, a.type);
  }
  double b_at(std::int64_t matrix, std::int64_t p, std::int64_t column) const {
    if (description.transpose_b != CUBLAS_OP_N) std::swap(p, column);
    return load(b_memory, matrix * b.batch_stride + column * b.leading + p, b.type);
  }

  void compute() const {
    const bool has_bias =
        description.epilogue == CUBLASLT_EPILOGUE_BIAS || description.epilogue == CUBLASLT_EPILOGUE_RELU_BIAS;
    const bool has_relu =
        description.epilogue == CUBLASLT_EPILOGUE_RELU || description.epilogue == CUBLASLT_EPILOGUE_RELU_BIAS;
    void* bias = host_address(description.bias);
    for (std::int32_t matrix = 0; matrix < d.batch; ++matrix) {
      for (std::int64_t row = 0; row < d.rows; ++row) {
        for (std::int64_t column = 0; column < d.columns; ++column) {
          double sum = 0;
          for (std::int64_t p = 0; p < inner(); ++p) sum += a_at(matrix, row, p) * b_at(matrix, p, column);
          const std::int64_t place = column * d.leading + row;
          double value = alpha * sum;
          // Where beta is 0 the library does not read C.
          if (beta != 0) value += beta * load(c_memory, matrix * c.batch_stride + column * c.leading + row, c.type);
          if (has_bias) value += load(bias, row, d.type);
          if (has_relu) value = value < 0 ? 0 : value;
          store(d_memory, matrix * d.batch_stride + place, d.type, value);
        }
        if (description.epilogue != CUBLASLT_EPILOGUE_BGRADA) continue;
        double sum = 0;
        for (std::int64_t p = 0; p < inner(); ++p) sum += a_at(matrix, row, p);
        store(bias, row, d.type, sum);
      }
    }
  }
};

// What the library refuses.
bool is_consistent(const Description& description, const Layout& a, const Layout& b, const Layout& c, const Layout& d) {
  const bool ta = description.transpose_a != CUBLAS_OP_N;
  const bool tb = description.transpose_b != CUBLAS_OP_N;
  return (ta ? a.columns : a.rows) == d.rows && (tb ? b.rows : b.columns) == d.columns &&
         (ta ? a.rows : a.columns) == (tb ? b.columns : b.rows) && c.rows == d.rows && c.columns == d.columns &&
         a.leading >= a.rows && b.leading >= b.rows && d.leading >= d.rows && a.batch == d.batch &&
         b.batch == d.batch && a.type == b.type && a.type == d.type;
}

cublasStatus_t matmul(cublasLtHandle_t, cublasLtMatmulDesc_t description, const void* alpha, const void* a,
                      cublasLtMatrixLayout_t a_layout, const void* b, cublasLtMatrixLayout_t b_layout, const void* beta,
                      const void* c, cublasLtMatrixLayout_t c_layout, void* d, cublasLtMatrixLayout_t d_layout,
                      const cublasLtMatmulAlgo_t* algorithm, void*, std::size_t, cudaStream_t stream) {
  const Description& how = description_of(description);
  Product product{how,
                  layout_of(a_layout),
                  layout_of(b_layout),
                  layout_of(c_layout),
                  layout_of(d_layout),
                  load(alpha, 0, how.scale),
                  load(beta, 0, how.scale),
                  host_address(a),
                  host_address(b),
                  host_address(c),
                  host_address(d)};
  if (!algorithm || !is_consistent(how, product.a, product.b, product.c, product.d)) return CUBLAS_STATUS_INVALID_VALUE;
  enqueue(stream, [product] { product.compute(); });
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t choose(cublasLtHandle_t, cublasLtMatmulDesc_t description, cublasLtMatrixLayout_t a,
                      cublasLtMatrixLayout_t b, cublasLtMatrixLayout_t c, cublasLtMatrixLayout_t d,
                      cublasLtMatmulPreference_t, int count, cublasLtMatmulHeuristicResult_t* results, int* found) {
  if (count < 1 || !is_consistent(description_of(description), layout_of(a), layout_of(b), layout_of(c), layout_of(d)))
    return CUBLAS_STATUS_INVALID_VALUE;
  if (description_of(description).epilogue == CUBLASLT_EPILOGUE_BGRADA && !emulated_cublas_lt_sums)
    return CUBLAS_STATUS_NOT_SUPPORTED;
  results[0] = {};
  results[0].workspaceSize = 1024;
  *found = 1;
  return CUBLAS_STATUS_SUCCESS;
}

}  // namespace

cuda::CublasLt emulated_cublas_lt() {
  cuda::CublasLt library;
  library.create = [](cublasLtHandle_t* handle) { return *handle = nullptr, CUBLAS_STATUS_SUCCESS; };
  library.destroy = [](cublasLtHandle_t) { return CUBLAS_STATUS_SUCCESS; };
  library.get_error_string = [](cublasStatus_t) { return "an emulated error"; };
  library.matmul_desc_create = [](cublasLtMatmulDesc_t* made, cublasComputeType_t compute, cudaDataType_t scale) {
    *made = new cublasLtMatmulDescOpaque_t{};
    description_of(*made) = {compute, scale};
    return CUBLAS_STATUS_SUCCESS;
  };
  library.matmul_desc_destroy = [](cublasLtMatmulDesc_t made) { return delete made, CUBLAS_STATUS_SUCCESS; };
  library.matmul_desc_set_attribute = set_description;
  library.matrix_layout_create = [](cublasLtMatrixLayout_t* made, cudaDataType type, std::uint64_t rows,
                                    std::uint64_t columns, std::int64_t leading) {
    *made = new cublasLtMatrixLayoutOpaque_t{};
    layout_of(*made) = {type, static_cast<std::int64_t>(rows), static_cast<std::int64_t>(columns), leading};
    return CUBLAS_STATUS_SUCCESS;
  };
  library.matrix_layout_destroy = [](cublasLtMatrixLayout_t made) { return delete made, CUBLAS_STATUS_SUCCESS; };
  library.matrix_layout_set_attribute = set_layout;
  library.matmul_preference_create = [](cublasLtMatmulPreference_t* made) {
    *made = new cublasLtMatmulPreferenceOpaque_t{};
    return CUBLAS_STATUS_SUCCESS;
  };
  library.matmul_preference_destroy = [](cublasLtMatmulPreference_t made) {
    return delete made, CUBLAS_STATUS_SUCCESS;
  };
  library.matmul_preference_set_attribute = [](cublasLtMatmulPreference_t, cublasLtMatmulPreferenceAttributes_t,
                                               const void*, std::size_t) { return CUBLAS_STATUS_SUCCESS; };
  library.matmul_algo_get_heuristic = choose;
  library.matmul = matmul;
  return library;
}

}  // namespace cornu::test
