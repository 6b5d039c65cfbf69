#include "io/event_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>

#include "framework/error.h"
#include "io/crc32c.h"
#include "io/graph_def.h"
#include "io/histogram.h"
#include "io/in_quotes.h"
#include "io/png.h"
#include "io/tensor_message.h"
#include "io/tensorboard.pb.h"

namespace cornu::io {
namespace {

constexpr std::size_t kMaxQueue = std::size_t{1} << 20;
constexpr std::chrono::minutes kMaxWait{2};
constexpr std::int64_t kMaxImages = 3;

template <typename T> std::string little_endian(T number) {
  static_assert(std::endian::native == std::endian::little);
  std::string bytes(sizeof number, '\0');
  std::memcpy(bytes.data(), &number, sizeof number);
  return bytes;
}

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "localhost";
  std::string text = name.data();
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

tensorboard::Event event_at(std::int64_t step) {
  const std::chrono::duration<double> since_1970 = std::chrono::system_clock::now().time_since_epoch();
  tensorboard::Event event;
  event.set_wall_time(since_1970.count());
  event.set_step(step);
  return event;
}

// An event with one value; `plugin` is the page of TensorBoard that shows it.
std::string summary_event(const std::string& tag, const char* plugin, const auto& tensor, std::int64_t step) {
  tensorboard::Event event = event_at(step);
  tensorboard::Summary::Value& value = *event.mutable_summary()->add_value();
  value.set_tag(tag);
  value.mutable_metadata()->mutable_plugin_data()->set_plugin_name(plugin);
  write_tensor(tensor, *value.mutable_tensor());
  return event.SerializeAsString();
}

// Image `index` of several, as uint8.
Tensor image_at(const Tensor& images, std::int64_t index) {
  const Shape shape = images.shape().slice(1);
  Tensor image = Tensor::empty(shape, DType::kUInt8);
  const auto count = static_cast<std::size_t>(shape.num_elements());
  const std::size_t first = static_cast<std::size_t>(index) * count;
  const std::span<std::uint8_t> pixels = image.mutable_data<std::uint8_t>();
  visit_dtype(images.dtype(), [&](auto zero) {
    using T = decltype(zero);
    const std::span<const T> all = images.data<T>();
    for (std::size_t i = 0; i < count; ++i) {
      if constexpr (std::is_same_v<T, std::uint8_t>) {
        pixels[i] = all[first + i];
      } else {
        const auto value = static_cast<double>(static_cast<float>(all[first + i]));
        // As TensorFlow converts: the range in 256 equal parts. NaN is black.
        pixels[i] = static_cast<std::uint8_t>(value > 0 ? std::min(value * 255.5, 255.0) : 0.0);
      }
    }
  });
  return image;
}

}  // namespace

void EventWriter::fail(const std::string& path, const char* action) const {
  throw FormatError(in_quotes(path) + ": cannot " + action + ": " + std::strerror(errno) +
                        ". Check the folder, its permissions and the space on the disk.",
                    path);
}

EventWriter::EventWriter(const std::string& folder) : folder_(folder.empty() ? "." : folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder_, failed);
  if (!std::filesystem::is_directory(folder_)) {
    errno = failed ? failed.value() : ENOTDIR;
    fail(folder_, "make the folder for event files");
  }
}

EventWriter::~EventWriter() {
  try {
    close();
  } catch (const std::exception&) {
    // A destructor has nobody to tell.
  }
  if (file_ >= 0) ::close(file_);
}

void EventWriter::write_graph(const GraphDescription& graph) {
  tensorboard::Event event = event_at(0);
  event.set_graph_def(graph_def_of(graph));
  add_event(event.SerializeAsString());
}

void EventWriter::write_scalar(const std::string& tag, double value, std::int64_t step) {
  const Tensor number = Tensor::copy({static_cast<float>(value)}, Shape{});
  add_event(summary_event(tag, "scalars", number, step));
}

void EventWriter::write_histogram(const std::string& tag, const Tensor& values, std::int64_t step) {
  add_event(summary_event(tag, "histograms", histogram_of(values), step));
}

void EventWriter::write_image(const std::string& tag, const Tensor& images, std::int64_t step) {
  if (images.dtype() != DType::kUInt8 && !is_floating(images.dtype())) {
    throw DTypeError("EventWriter: image '" + tag + "': expected uint8 (0 to 255) or floating values (0 to 1); got " +
                         name_of(images.dtype()) + ". Cast them.",
                     folder_);
  }
  if (images.rank() != 4) {
    throw ShapeError("EventWriter: image '" + tag + "': expected shape (count, height, width, channels); got " +
                         images.shape().to_string() + ". One image is a batch of 1.",
                     folder_);
  }
  StringTensor pieces{.shape = {}, .values = {std::to_string(images.shape()[2]), std::to_string(images.shape()[1])}};
  for (std::int64_t i = 0; i < std::min(images.shape()[0], kMaxImages); ++i) {
    pieces.values.push_back(encode_png(image_at(images, i)));
  }
  pieces.shape = {static_cast<std::int64_t>(pieces.values.size())};
  add_event(summary_event(tag, "images", pieces, step));
}

void EventWriter::write_text(const std::string& tag, const std::string& text, std::int64_t step) {
  const StringTensor tensor{.shape = {}, .values = {text}};
  add_event(summary_event(tag, "text", tensor, step));
}

// ---- the file

void EventWriter::add_event(std::string_view event) {
  if (closed_) {
    throw StateError("EventWriter: " + in_quotes(path_.empty() ? folder_ : path_) +
                         " was closed; make another writer to write more events",
                     folder_);
  }
  const auto now = std::chrono::steady_clock::now();
  if (queue_.empty()) queued_since_ = now;
  if (file_ < 0) open();
  append_record(event);
  if (queue_.size() >= kMaxQueue || now - queued_since_ >= kMaxWait) flush();
}

void EventWriter::open() {
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  std::array<char, 32> digits{};
  std::snprintf(digits.data(), digits.size(), "%010lld", static_cast<long long>(seconds));
  const std::string name = "events.out.tfevents." + std::string(digits.data()) + "." + host_name();
  std::string path = (std::filesystem::path(folder_) / name).string();
  const auto create = [](const std::string& at) {
    return ::open(at.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666);
  };
  file_ = create(path);
  // Another writer took that name within this second.
  static std::atomic<unsigned> counter{0};
  const std::string own_name = path + "." + std::to_string(::getpid()) + ".";
  while (file_ < 0 && errno == EEXIST) {
    path = own_name + std::to_string(counter++);
    file_ = create(path);
  }
  if (file_ < 0) fail(path, "create the event file");
  path_ = path;
  tensorboard::Event event = event_at(0);
  event.set_file_version("brain.Event:2");
  append_record(event.SerializeAsString());
}

void EventWriter::append_record(std::string_view data) {
  const std::string length = little_endian(static_cast<std::uint64_t>(data.size()));
  queue_ += length + little_endian(masked_crc32c(length));
  queue_ += data;
  queue_ += little_endian(masked_crc32c(data));
}

void EventWriter::flush() {
  std::string_view bytes = queue_;
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_, bytes.data(), std::min(bytes.size(), std::size_t{1} << 30));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      // What is written stays written: a later attempt goes on there.
      const int reason = errno;
      queue_.erase(0, queue_.size() - bytes.size());
      errno = reason;
      fail(path_, "write events");
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  queue_.clear();
}

void EventWriter::close() {
  if (closed_) return;
  flush();
  closed_ = true;
  if (file_ < 0) return;
  const int file = std::exchange(file_, -1);
  if (::close(file) != 0) fail(path_, "write events");
}

}  // namespace cornu::io
