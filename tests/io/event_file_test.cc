#include "io/event_file.h"

#include <sys/resource.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <csignal>
#include <ctime>
#include <limits>
#include <regex>

#include "framework/error.h"
#include "io/histogram.h"
#include "tests/io/malformed.h"
#include "tests/io/scratch_folder.h"
#include "tests/support/event_file_reader.h"

using namespace cornu;
using namespace cornu::test;
using namespace cornu::testing;
using io::EventWriter;
using io::GraphDescription;

namespace {

const std::string kGolden = "tests/golden/event_files/";

std::vector<std::string> kinds_of(const std::vector<EventRecord>& records) {
  std::vector<std::string> kinds;
  kinds.reserve(records.size());
  for (const EventRecord& record : records) kinds.push_back(record.kind);
  return kinds;
}

// What both must agree in, all but the bytes of images.
void check_same(const EventValue& ours, const EventValue& theirs) {
  BOOST_TEST_CONTEXT(theirs.tag) {
    BOOST_TEST(ours.plugin == theirs.plugin);
    BOOST_TEST(ours.plugin_content == theirs.plugin_content);
    BOOST_TEST(ours.data_class == theirs.data_class);
    BOOST_TEST(ours.tensor.dtype == theirs.tensor.dtype);
    BOOST_TEST(ours.tensor.shape == theirs.tensor.shape, boost::test_tools::per_element());
    BOOST_TEST(ours.tensor.numbers == theirs.tensor.numbers, boost::test_tools::tolerance(1e-12)
                                                                 << boost::test_tools::per_element());
    if (theirs.plugin != "images") BOOST_TEST(ours.tensor.strings == theirs.tensor.strings);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(io_event_file)

// The reader of the tests reads what TensorFlow wrote, so it may judge what cornu writes.
BOOST_AUTO_TEST_CASE(the_reader_understands_graphs_of_tensorflow) {
  const std::vector<EventRecord> records = read_event_file(kGolden + "shared_weights.tfevents");
  BOOST_TEST(kinds_of(records) == std::vector<std::string>({"file_version", "graph_def"}));
  BOOST_TEST(records[1].nodes.size() == 23u);
  const EventNode& sum = node_named(records, "shared_layer_1/add");
  BOOST_TEST(sum.op == "AddV2");
  BOOST_TEST(sum.inputs == std::vector<std::string>({"shared_layer_1/MatMul", "shared_layer/biases/read"}));
  BOOST_TEST(sum.attributes.at("T") == "type 1");
  BOOST_TEST(sum.attributes.at("_output_shapes") == "list [shape (10, 8)]");
  const EventNode& weights = node_named(records, "shared_layer/weights");
  BOOST_TEST(weights.attributes.at("shape") == "shape (5, 8)");
  BOOST_TEST(weights.attributes.at("_class") == "list [s loc:@shared_layer/weights]");
  BOOST_TEST(node_named(records, "random_normal/shape").attributes.at("value") == "tensor 3 (2) [10 5]");
}

// A graph with everything that TensorFlow's graphs hold comes back as TensorFlow itself would have written it.
BOOST_AUTO_TEST_CASE(writes_the_nodes_and_attributes_of_tensorflow) {
  const ScratchFolder folder;
  GraphDescription graph;
  const io::GraphShape matrix = Shape{10, 8};
  graph.nodes.push_back({.name = "layer/weights",
                         .op = "VariableV2",
                         .attributes = {{"_class", std::vector<std::string>{"loc:@layer/weights"}},
                                        {"_output_shapes", std::vector<io::GraphShape>{Shape{5, 8}}},
                                        {"container", ""},
                                        {"dtype", float32},
                                        {"shape", io::GraphShape(Shape{5, 8})},
                                        {"shared_name", "w"}},
                         .device = "/device:CPU:0"});
  graph.nodes.push_back(
      {.name = "layer/MatMul",
       .op = "MatMul",
       .inputs = {"x", "layer/weights/read", "split:1", "^init"},
       .attributes = {{"T", float32},
                      {"transpose_a", false},
                      {"transpose_b", true},
                      {"seed", std::int64_t{-7}},
                      {"alpha", 0.5F},
                      {"strides", std::vector<std::int64_t>{1, 2}},
                      {"empty", std::vector<std::int64_t>{}},
                      {"scales", std::vector<float>{0.25F, 4.0F}},
                      {"types", std::vector<DType>{int64, boolean}},
                      {"handle", io::ForeignDType::kResource},
                      {"_output_shapes", std::vector<io::GraphShape>{matrix, Shape{kUnknown, 8}, Shape{}, {}}},
                      {"shape", io::GraphShape()}}});
  graph.nodes.push_back(
      {.name = "shape", .op = "Const", .attributes = {{"dtype", int32}, {"value", Tensor::copy({10, 5}, {2})}}});
  graph.nodes.push_back({.name = "tags", .op = "Const", .attributes = {{"value", io::StringTensor{{1}, {"loss"}}}}});
  {
    EventWriter writer(folder / "logs");
    writer.write_graph(graph);
  }
  const std::vector<EventRecord> records = read_event_file(event_file_in(folder / "logs"));
  BOOST_TEST(kinds_of(records) == std::vector<std::string>({"file_version", "graph_def"}));
  BOOST_TEST(records[1].nodes.size() == 4u);
  // Attribute by attribute what TensorFlow wrote for such a node.
  const EventNode& variable = node_named(records, "layer/weights");
  const EventNode theirs = node_named(read_event_file(kGolden + "shared_weights.tfevents"), "shared_layer/weights");
  BOOST_TEST(variable.op == theirs.op);
  BOOST_TEST(variable.device == "/device:CPU:0");
  for (const char* same : {"_output_shapes", "dtype", "shape", "container"}) {
    BOOST_TEST(variable.attributes.at(same) == theirs.attributes.at(same));
  }
  BOOST_TEST(variable.attributes.at("_class") == "list [s loc:@layer/weights]");
  const EventNode& product = node_named(records, "layer/MatMul");
  BOOST_TEST(product.inputs == std::vector<std::string>({"x", "layer/weights/read", "split:1", "^init"}));
  BOOST_TEST(product.attributes.at("transpose_a") == "false");
  BOOST_TEST(product.attributes.at("transpose_b") == "true");
  BOOST_TEST(product.attributes.at("seed") == "i -7");
  BOOST_TEST(product.attributes.at("alpha") == "f 0.5");
  BOOST_TEST(product.attributes.at("strides") == "list [i 1, i 2]");
  BOOST_TEST(product.attributes.at("empty") == "list []");
  BOOST_TEST(product.attributes.at("scales") == "list [f 0.25, f 4]");
  BOOST_TEST(product.attributes.at("types") == "list [type 9, type 10]");
  BOOST_TEST(product.attributes.at("handle") == "type 20");
  BOOST_TEST(product.attributes.at("_output_shapes") == "list [shape (10, 8), shape (?, 8), shape (), shape ?]");
  BOOST_TEST(product.attributes.at("shape") == "shape ?");
  BOOST_TEST(node_named(records, "shape").attributes.at("value") == "tensor 3 (2) [10 5]");
  BOOST_TEST(node_named(records, "tags").attributes.at("value") == "tensor 7 (1) [loss]");
}

BOOST_AUTO_TEST_CASE(writes_constants_of_every_dtype) {
  const ScratchFolder folder;
  const std::map<DType, int> numbers = {{float32, 1}, {float64, 2},  {int32, 3},     {uint8, 4},    {int8, 6},
                                        {int64, 9},   {boolean, 10}, {bfloat16, 14}, {float16, 19}, {uint32, 22}};
  GraphDescription graph;
  for (const auto& [dtype, number] : numbers) {
    Tensor one = Tensor::empty({}, dtype);
    visit_dtype(dtype, [&](auto zero) { one.mutable_data<decltype(zero)>()[0] = static_cast<decltype(zero)>(1.0F); });
    graph.nodes.push_back({.name = name_of(dtype), .op = "Const", .attributes = {{"value", one}}});
  }
  EventWriter writer(folder / "");
  writer.write_graph(graph);
  writer.close();
  const std::vector<EventRecord> records = read_event_file(writer.path());
  for (const auto& [dtype, number] : numbers) {
    // Of the short floats the bits are written.
    const std::string one = dtype == float16 ? "15360" : dtype == bfloat16 ? "16256" : "1";
    BOOST_TEST(node_named(records, name_of(dtype)).attributes.at("value") ==
               "tensor " + std::to_string(number) + " () [" + one + "]");
  }
}

// Scalars, histograms, images and texts as tf.summary writes them for Keras.
BOOST_AUTO_TEST_CASE(writes_the_summaries_of_tensorflow) {
  const ScratchFolder folder;
  EventWriter writer(folder / "");
  writer.write_scalar("epoch_loss", 0.1, 3);
  std::vector<double> squares, integers;
  for (int i = 0; i < 21; ++i) squares.push_back(i * i / 10.0);
  for (int i = 0; i < 61; ++i) integers.push_back(i - 30);
  writer.write_histogram("squares", Tensor::copy(squares, {3, 7}), 0);
  writer.write_histogram("integers", Tensor::copy(integers, {61}), 0);
  writer.write_histogram("equal", Tensor::copy(std::vector<float>(6, -1.5F), {2, 3}), 1);
  writer.write_histogram("empty", Tensor::empty({0}), 2);
  writer.write_image("pixels", Tensor::copy(std::vector<std::uint8_t>(24), {1, 2, 4, 3}), 4);
  writer.write_text("note", "**bold**", 5);
  writer.close();
  const std::vector<EventRecord> ours = read_event_file(writer.path());
  const std::vector<EventRecord> theirs = read_event_file(kGolden + "summaries.tfevents");
  BOOST_REQUIRE(ours.size() == theirs.size());
  BOOST_REQUIRE(ours.size() == 8u);
  for (std::size_t i = 1; i < ours.size(); ++i) {
    BOOST_TEST(ours[i].kind == theirs[i].kind);
    BOOST_TEST(ours[i].step == theirs[i].step);
    BOOST_REQUIRE(ours[i].values.size() == 1u);
    BOOST_TEST(ours[i].values[0].tag == theirs[i].values[0].tag);
    check_same(ours[i].values[0], theirs[i].values[0]);
  }
  const std::vector<std::string>& image = ours[6].values[0].tensor.strings;
  BOOST_REQUIRE(image.size() == 3u);
  BOOST_TEST(image[0] == theirs[6].values[0].tensor.strings[0]);  // width
  BOOST_TEST(image[1] == theirs[6].values[0].tensor.strings[1]);  // height
  BOOST_TEST(image[2].substr(1, 3) == "PNG");
  BOOST_TEST(std::abs(ours[1].wall_time - static_cast<double>(std::time(nullptr))) < 60.0);
}

// Where the pixels come from does not matter: floats from 0 to 1 make the same image as bytes.
BOOST_AUTO_TEST_CASE(floating_images_are_scaled_and_clipped) {
  const ScratchFolder folder;
  EventWriter writer(folder / "");
  const float nan = std::numeric_limits<float>::quiet_NaN();
  writer.write_image("image", Tensor::copy({-0.5F, 0.0F, 0.5F, 1.0F, 7.0F, nan}, {1, 2, 3, 1}), 0);
  writer.write_image("image", Tensor::copy<std::uint8_t>({0, 0, 127, 255, 255, 0}, {1, 2, 3, 1}), 0);
  writer.write_image("five", Tensor::copy(std::vector<std::uint8_t>(5), {5, 1, 1, 1}), 0);
  writer.close();
  auto values = values_by_tag(read_event_file(writer.path()));
  BOOST_CHECK(values["image"][0].tensor.strings == values["image"][1].tensor.strings);
  BOOST_TEST(values["five"][0].tensor.strings.size() == 2u + 3u);
}

BOOST_AUTO_TEST_CASE(histograms_leave_out_what_is_not_finite) {
  const double infinity = std::numeric_limits<double>::infinity();
  const Tensor some = io::histogram_of(Tensor::copy({infinity, 1.0, -infinity, std::nan(""), 4.0}, {5}));
  const std::span<const double> rows = some.data<double>();
  BOOST_TEST(rows[0] == 1.0);
  BOOST_TEST(rows[2] == 1.0);
  BOOST_TEST(rows[88] == 4.0);
  BOOST_TEST(rows[89] == 1.0);
  const Tensor none = io::histogram_of(Tensor::copy({std::nan("")}, {1}));
  BOOST_TEST(std::all_of(none.data<double>().begin(), none.data<double>().end(), [](double v) { return v == 0.0; }));
  // The range of these is no finite number.
  const double greatest = std::numeric_limits<double>::max();
  const std::vector<double> extremes =
      io::histogram_of(Tensor::copy({-greatest, 0.0, greatest}, {3})).to_vector<double>();
  BOOST_TEST(std::all_of(extremes.begin(), extremes.end(), [](double v) { return std::isfinite(v); }));
  BOOST_TEST(extremes[2] + extremes[3 * 14 + 2] + extremes[3 * 15 + 2] + extremes[89] == 3.0);
}

BOOST_AUTO_TEST_CASE(the_file_comes_with_the_first_event_and_fills_with_flush) {
  const ScratchFolder folder;
  EventWriter writer(folder / "a/b");
  BOOST_TEST(std::filesystem::is_directory(folder / "a/b"));
  BOOST_TEST(std::filesystem::is_empty(folder / "a/b"));
  BOOST_TEST(writer.path() == "");
  writer.flush();
  BOOST_TEST(std::filesystem::is_empty(folder / "a/b"));
  writer.write_scalar("x", 1.0, 0);
  BOOST_TEST(event_file_in(folder / "a/b") == writer.path());
  const std::string name = std::filesystem::path(writer.path()).filename().string();
  BOOST_TEST(std::regex_match(name, std::regex(R"(events\.out\.tfevents\.\d{10,}\.[^.].*)")));
  BOOST_TEST(contents_of(writer.path()) == "");
  writer.flush();
  BOOST_TEST(read_event_file(writer.path()).size() == 2u);
  writer.write_scalar("x", 2.0, 1);
  BOOST_TEST(read_event_file(writer.path()).size() == 2u);
  writer.close();
  BOOST_TEST(read_event_file(writer.path()).size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_megabyte_of_events_does_not_wait) {
  const ScratchFolder folder;
  EventWriter writer(folder / "");
  for (int i = 0; i < 12; ++i) writer.write_text("text", std::string(100000, 'a'), i);
  BOOST_TEST(read_event_file(writer.path()).size() >= 11u);
}

BOOST_AUTO_TEST_CASE(the_destructor_closes) {
  const ScratchFolder folder;
  EventWriter(folder / "").write_scalar("x", 1.0, 0);
  BOOST_TEST(read_event_file(event_file_in(folder / "")).size() == 2u);
  { const EventWriter nothing_to_write(folder / "empty"); }
  BOOST_TEST(std::filesystem::is_empty(folder / "empty"));
}

// In one folder, and most likely in one second.
BOOST_AUTO_TEST_CASE(several_writers_have_a_file_each) {
  const ScratchFolder folder;
  std::vector<std::unique_ptr<EventWriter>> writers;
  for (int i = 0; i < 4; ++i) {
    writers.push_back(std::make_unique<EventWriter>(folder / ""));
    writers.back()->write_scalar("x", i, i);
  }
  BOOST_TEST(folder.num_files() == 4u);
  for (int i = 0; i < 4; ++i) {
    EventWriter& writer = *writers[static_cast<std::size_t>(i)];
    writer.close();
    const auto records = read_event_file(writer.path());
    BOOST_REQUIRE(records.size() == 2u);
    BOOST_TEST(records[1].step == i);
  }
}

BOOST_AUTO_TEST_CASE(errors_name_the_file) {
  const ScratchFolder folder;
  put(folder / "file", "");
  BOOST_CHECK_EXCEPTION(EventWriter(folder / "file"), FormatError,
                        says("/file': cannot make the folder for event files"));
  BOOST_CHECK_EXCEPTION(EventWriter(folder / "file/below"), FormatError,
                        says("cannot make the folder for event files"));
  EventWriter writer(folder / "");
  BOOST_CHECK_EXCEPTION(writer.write_image("a", Tensor::empty({2, 2, 1}, uint8), 0), ShapeError,
                        says("image 'a': expected shape (count, height, width, channels); got (2, 2, 1)"));
  BOOST_CHECK_EXCEPTION(writer.write_image("a", Tensor::empty({1, 2, 2, 1}, int32), 0), DTypeError, says("got int32"));
  writer.close();
  writer.close();
  BOOST_CHECK_EXCEPTION(writer.write_scalar("x", 1.0, 0), StateError, says("was closed"));
}

// No file may grow beyond 1000 bytes here, as on a disk that is full. Once there is room, the rest is written.
BOOST_AUTO_TEST_CASE(a_full_disk_is_an_error_and_loses_nothing) {
  const ScratchFolder folder;
  EventWriter writer(folder / "");
  for (int i = 0; i < 3; ++i) writer.write_text("text", std::string(600, 'a'), i);
  rlimit old{};
  BOOST_REQUIRE(::getrlimit(RLIMIT_FSIZE, &old) == 0);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{1000, old.rlim_max};
  BOOST_REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  std::string message;
  try {
    writer.flush();
  } catch (const FormatError& error) {
    message = error.what();
  }
  ::setrlimit(RLIMIT_FSIZE, &old);
  std::signal(SIGXFSZ, old_handler);
  BOOST_TEST(message.find(writer.path()) != std::string::npos);
  BOOST_TEST(message.find("cannot write events: File too large") != std::string::npos);
  BOOST_TEST(std::filesystem::file_size(writer.path()) == 1000u);
  writer.close();
  BOOST_TEST(read_event_file(writer.path()).size() == 4u);
}

BOOST_AUTO_TEST_CASE(a_folder_that_disappears_is_an_error) {
  const ScratchFolder folder;
  EventWriter writer(folder / "gone");
  std::filesystem::remove(folder / "gone");
  BOOST_CHECK_EXCEPTION(writer.write_scalar("x", 1.0, 0), FormatError, says("cannot create the event file"));
}

BOOST_AUTO_TEST_SUITE_END()
