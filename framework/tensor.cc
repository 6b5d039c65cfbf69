#include "framework/tensor.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <sstream>

#include "framework/error.h"
#include "framework/origin.h"

namespace cornu {

struct Tensor::Impl {
  TensorSpec spec;
  Storage storage;
  bool weak = false;
  std::shared_ptr<const Origin> origin;
  int output_index = 0;
  std::weak_ptr<Graph> graph;
  std::shared_ptr<VariableState> variable;
  std::shared_ptr<Impl> mask;
  std::string name;

  Impl() = default;
  Impl(const Impl&) = default;
  Impl& operator=(const Impl&) = delete;

  // A chain of thousands of operations must not be destroyed by recursion: origins are handed to the outermost
  // destructor of this thread, which lets go of them one by one.
  ~Impl() {
    if (!origin) return;
    thread_local std::vector<std::shared_ptr<const Origin>>* released = nullptr;
    if (released) {
      released->push_back(std::move(origin));
      return;
    }
    std::vector<std::shared_ptr<const Origin>> pending;
    released = &pending;
    pending.push_back(std::move(origin));
    while (!pending.empty()) {
      const std::shared_ptr<const Origin> last = std::move(pending.back());
      pending.pop_back();
    }
    released = nullptr;
  }
};

namespace {

constexpr std::size_t kAlignment = 64;

template <typename T> double to_double(T value) {
  if constexpr (std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>) {
    return static_cast<double>(static_cast<float>(value));
  } else {
    return static_cast<double>(value);
  }
}

void check_count(std::size_t count, const TensorSpec& spec) {
  if (static_cast<std::size_t>(spec.shape.num_elements()) != count) {
    throw ShapeError("Tensor: expected " + std::to_string(spec.shape.num_elements()) + " elements for shape " +
                     spec.shape.to_string() + "; got " + std::to_string(count));
  }
}

template <typename T> Storage scalar_storage(T value) {
  Storage storage = allocate_storage(sizeof(T));
  std::memcpy(storage.get(), &value, sizeof(T));
  return storage;
}

}  // namespace

std::string TensorSpec::to_string() const { return shape.to_string() + " " + name_of(dtype); }

Storage allocate_storage(std::size_t bytes) {
  void* memory = ::operator new(std::max<std::size_t>(bytes, 1), std::align_val_t(kAlignment));
  return Storage(memory, [](void* p) { ::operator delete(p, std::align_val_t(kAlignment)); });
}

Storage allocate_lasting_storage(std::size_t bytes) {
  constexpr std::size_t kHugePage = std::size_t{1} << 21;
  constexpr std::size_t kPage = 4096;
  if (bytes < kHugePage) return allocate_storage(bytes);
  // Huge pages need their alignment: what is mapped too much before and after is given back.
  const std::size_t size = (bytes + kPage - 1) / kPage * kPage;
  const std::size_t mapped = size + kHugePage;
  void* memory = mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  auto* begin = static_cast<std::byte*>(memory);
  const std::size_t before = (kHugePage - reinterpret_cast<std::uintptr_t>(begin) % kHugePage) % kHugePage;
  if (before > 0) munmap(begin, before);
  munmap(begin + before + size, mapped - before - size);
#ifdef MADV_HUGEPAGE
  madvise(begin + before, size, MADV_HUGEPAGE);
#endif
  return Storage(begin + before, [size](void* p) { munmap(p, size); });
}

Tensor::Tensor(double value) : impl_(std::make_shared<Impl>()) {
  impl_->spec = {{}, DType::kFloat32};
  impl_->storage = scalar_storage(static_cast<float>(value));
  impl_->weak = true;
}

Tensor::Tensor(std::int64_t value) : impl_(std::make_shared<Impl>()) {
  const bool fits = value >= INT32_MIN && value <= INT32_MAX;
  impl_->spec = {{}, fits ? DType::kInt32 : DType::kInt64};
  impl_->storage = fits ? scalar_storage(static_cast<std::int32_t>(value)) : scalar_storage(value);
  impl_->weak = true;
}

Tensor::Tensor(bool value) : impl_(std::make_shared<Impl>()) {
  impl_->spec = {{}, DType::kBool};
  impl_->storage = scalar_storage(value);
  impl_->weak = true;
}

Tensor Tensor::empty(const Shape& shape, DType dtype) {
  const auto bytes = static_cast<std::size_t>(shape.num_elements()) * size_of(dtype);
  return from_storage(allocate_storage(bytes), {shape, dtype});
}

Tensor Tensor::from_storage(Storage storage, TensorSpec spec) {
  auto impl = std::make_shared<Impl>();
  impl->spec = std::move(spec);
  impl->storage = std::move(storage);
  return Tensor(std::move(impl));
}

Tensor Tensor::copy_bytes(const void* values, std::size_t count, TensorSpec spec) {
  check_count(count, spec);
  Tensor result = empty(spec.shape, spec.dtype);
  if (count > 0) std::memcpy(result.raw(), values, count * size_of(spec.dtype));
  return result;
}

Tensor Tensor::view_bytes(void* values, std::size_t count, TensorSpec spec, std::shared_ptr<void> owner) {
  check_count(count, spec);
  return from_storage(Storage(std::move(owner), values), std::move(spec));
}

const Tensor::Impl& Tensor::impl() const {
  if (!impl_) throw StateError("Tensor: this tensor holds nothing; assign a value or the result of an operation first");
  return *impl_;
}

std::shared_ptr<Tensor::Impl> Tensor::copy_impl() const { return std::make_shared<Impl>(impl()); }

const Shape& Tensor::shape() const { return impl().spec.shape; }
DType Tensor::dtype() const { return impl().spec.dtype; }
bool Tensor::is_symbolic() const { return impl().storage == nullptr; }
bool Tensor::is_weak() const { return impl().weak; }
const Storage& Tensor::storage() const { return impl().storage; }
const std::shared_ptr<const Origin>& Tensor::origin() const { return impl().origin; }
int Tensor::output_index() const { return impl().output_index; }
const std::shared_ptr<VariableState>& Tensor::variable() const { return impl().variable; }
std::shared_ptr<Graph> Tensor::graph() const { return impl().graph.lock(); }
const std::string& Tensor::name() const { return impl().name; }

void* Tensor::raw() const {
  if (is_symbolic()) {
    throw StateError("Tensor: a symbolic tensor of shape " + shape().to_string() +
                     " has no values; run the model on data (predict, or call it with values) to get some");
  }
  return impl().storage.get();
}

void* Tensor::checked_data(DType expected) const {
  if (expected != dtype()) {
    throw DTypeError(std::string("Tensor: expected elements of ") + name_of(expected) + "; got " + name_of(dtype()) +
                     ". Cast first: ops::cast(x, " + name_of(expected) + ")");
  }
  return raw();
}

double Tensor::item() const {
  if (num_elements() != 1) {
    throw ShapeError("Tensor::item: expected one element; got shape " + shape().to_string());
  }
  return visit_dtype(dtype(), [&](auto zero) {
    decltype(zero) value;
    std::memcpy(&value, raw(), sizeof(value));
    return to_double(value);
  });
}

template <NumberType T> std::vector<T> Tensor::to_vector() const {
  std::vector<T> values(static_cast<std::size_t>(num_elements()));
  const void* data = raw();
  visit_dtype(dtype(), [&](auto zero) {
    const auto* source = static_cast<const decltype(zero)*>(data);
    for (std::size_t i = 0; i < values.size(); ++i) {
      if constexpr (std::is_same_v<decltype(zero), Half> || std::is_same_v<decltype(zero), BFloat16>) {
        values[i] = static_cast<T>(static_cast<float>(source[i]));
      } else {
        values[i] = static_cast<T>(source[i]);
      }
    }
  });
  return values;
}

template std::vector<float> Tensor::to_vector() const;
template std::vector<double> Tensor::to_vector() const;
template std::vector<bool> Tensor::to_vector() const;
template std::vector<char> Tensor::to_vector() const;
template std::vector<signed char> Tensor::to_vector() const;
template std::vector<unsigned char> Tensor::to_vector() const;
template std::vector<short> Tensor::to_vector() const;
template std::vector<unsigned short> Tensor::to_vector() const;
template std::vector<int> Tensor::to_vector() const;
template std::vector<unsigned int> Tensor::to_vector() const;
template std::vector<long> Tensor::to_vector() const;
template std::vector<unsigned long> Tensor::to_vector() const;
template std::vector<long long> Tensor::to_vector() const;
template std::vector<unsigned long long> Tensor::to_vector() const;

Tensor Tensor::clone() const {
  Tensor result = empty(shape(), dtype());
  std::memcpy(result.raw(), raw(), num_bytes());
  return result;
}

std::string Tensor::to_string() const {
  if (!defined()) return "<nothing>";
  if (is_symbolic()) return "<" + spec().to_string() + ">";
  const std::vector<double> values = to_vector<double>();
  std::ostringstream text;
  const auto print = [&](auto&& self, std::int64_t axis, std::size_t offset, std::size_t count) -> void {
    if (axis == rank()) {
      text << values[offset];
      return;
    }
    const std::int64_t size = shape()[axis];
    const std::size_t inner = size > 0 ? count / static_cast<std::size_t>(size) : 0;
    text << "[";
    for (std::int64_t i = 0; i < size; ++i) {
      if (i > 0) text << (axis + 1 == rank() ? " " : "\n" + std::string(static_cast<std::size_t>(axis) + 1, ' '));
      if (size > 8 && i == 4) {
        text << "...";
        i = size - 4;
        text << (axis + 1 == rank() ? " " : "\n" + std::string(static_cast<std::size_t>(axis) + 1, ' '));
      }
      self(self, axis + 1, offset + static_cast<std::size_t>(i) * inner, inner);
    }
    text << "]";
  };
  print(print, 0, 0, values.size());
  return text.str();
}

Tensor Tensor::strong() const {
  if (!impl().weak) return *this;
  auto impl = copy_impl();
  impl->weak = false;
  return Tensor(std::move(impl));
}

Tensor Tensor::symbol(TensorSpec spec, std::shared_ptr<const Origin> origin, int output_index,
                      const std::shared_ptr<Graph>& graph) {
  auto impl = std::make_shared<Impl>();
  impl->spec = std::move(spec);
  impl->origin = std::move(origin);
  impl->output_index = output_index;
  impl->graph = graph;
  return Tensor(std::move(impl));
}

Tensor Tensor::with_origin(std::shared_ptr<const Origin> origin, int output_index) const {
  auto impl = copy_impl();
  impl->origin = std::move(origin);
  impl->output_index = output_index;
  impl->weak = false;
  impl->variable.reset();
  return Tensor(std::move(impl));
}

Tensor Tensor::with_variable(std::shared_ptr<VariableState> variable) const {
  auto impl = copy_impl();
  impl->variable = std::move(variable);
  return Tensor(std::move(impl));
}

Tensor Tensor::mask() const { return Tensor(impl().mask); }

Tensor Tensor::with_mask(const Tensor& mask) const {
  // A leaf is known by its handle, so marking one must not make another leaf of it where nothing changes.
  if (impl().mask == mask.impl_) return *this;
  auto impl = copy_impl();
  impl->mask = mask.impl_;
  return Tensor(std::move(impl));
}

Tensor Tensor::with_name(std::string name) const {
  auto impl = copy_impl();
  impl->name = std::move(name);
  return Tensor(std::move(impl));
}

Tensor::Key Tensor::key() const {
  const Impl& self = impl();
  if (self.origin) return {self.origin.get(), self.output_index};
  if (self.storage) return {self.storage.get(), 0};
  return {impl_.get(), 0};
}

}  // namespace cornu
