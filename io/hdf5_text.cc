#include "io/hdf5_text.h"

#include <algorithm>
#include <map>

namespace cornu::io {
namespace {

// The collections of text that attributes refer to (III.E), each read once.
class GlobalHeap {
 public:
  explicit GlobalHeap(const Hdf5Bytes& file) : file_(file) {}

  std::optional<std::string_view> find(std::uint64_t address, std::uint64_t index) {
    const auto known = collections_.find(address);
    if (known == collections_.end() && !read_collection(address)) return std::nullopt;
    const auto& objects = collections_[address].objects;
    const auto object = objects.find(index);
    if (object == objects.end()) return std::nullopt;
    return object->second;
  }

 private:
  struct Collection {
    std::string bytes;
    std::map<std::uint64_t, std::string_view> objects;
  };

  bool read_collection(std::uint64_t address) {
    constexpr std::uint64_t kHeader = 16;
    const auto start = file_.block(address, kHeader);
    if (!start || !start->starts_with("GCOL")) return false;
    ByteCursor header(*start);
    header.take(8);
    const std::uint64_t size = header.number(8);
    // Honest collections do not overlap, so all of them together fit the file.
    if (size < kHeader || (num_bytes_ += size) > file_.size) return false;
    auto bytes = file_.block(address, size);
    if (!bytes) return false;
    Collection& collection = collections_[address];
    collection.bytes = std::move(*bytes);
    ByteCursor cursor(collection.bytes);
    cursor.take(kHeader);
    while (cursor.left() >= 16) {
      const std::uint64_t index = cursor.number(2);
      cursor.take(6);
      const std::uint64_t length = cursor.number(8);
      if (index == 0) break;  // the free space at the end
      if (length > cursor.left()) break;
      collection.objects[index] = cursor.take(length);
      cursor.take(std::min<std::uint64_t>((8 - length % 8) % 8, cursor.left()));
    }
    return true;
  }

  const Hdf5Bytes& file_;
  std::uint64_t num_bytes_ = 0;
  std::map<std::uint64_t, Collection> collections_;
};

}  // namespace

std::optional<std::vector<std::string>> resolve_text(const Hdf5Bytes& file, std::string_view references,
                                                     std::size_t count) {
  GlobalHeap heap(file);
  ByteCursor cursor(references);
  std::vector<std::string> strings;
  // Each string has bytes of its own in an honest file; many references to the same ones would fill the memory.
  std::uint64_t num_bytes = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t length = cursor.number(4), collection = cursor.number(8), index = cursor.number(4);
    if (!cursor.is_good() || (num_bytes += length) > file.size) return std::nullopt;
    if (length == 0) {
      strings.emplace_back();
      continue;
    }
    const auto text = heap.find(collection, index);
    if (!text || length > text->size()) return std::nullopt;
    const std::string_view used = text->substr(0, static_cast<std::size_t>(length));
    strings.emplace_back(used.substr(0, used.find('\0')));
  }
  return strings;
}

}  // namespace cornu::io
