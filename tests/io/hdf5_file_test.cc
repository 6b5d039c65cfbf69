#include "io/hdf5_file.h"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <thread>

#include "framework/error.h"
#include "io/npy.h"
#include "tests/io/malformed.h"
#include "tests/io/scratch_folder.h"

using namespace cornu;
using namespace cornu::testing;
using io::Hdf5File;
using Strings = std::vector<std::string>;

// HDF5 asks for absurd amounts of memory for some damaged files and is content with a refusal; it forgets a few bytes
// for others. Neither is ours to mend, so AddressSanitizer, where it is used, is to go on.
extern "C" const char* __asan_default_options() { return "allocator_may_return_null=1"; }
extern "C" const char* __lsan_default_suppressions() { return "leak:libhdf5"; }

namespace {

// Reads everything there is, as far as it is not refused.
void read_everything(const Hdf5File& file, const std::string& path = "", int depth = 0) {
  if (depth > 8) return;
  for (const std::string& name : file.attributes(path)) {
    try {
      file.strings_attribute(path, name);
    } catch (const FormatError&) {
      file.number_attribute(path, name);
    }
  }
  for (const std::string& name : file.members(path)) {
    const std::string member = path + "/" + name;
    if (file.has_dataset(member)) {
      try {
        file.read(member);
      } catch (const FormatError&) {
        file.read_strings(member);
      }
    }
    if (file.has_group(member)) read_everything(file, member, depth + 1);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(io_hdf5_file)

// All hold 0 .. 5 in shape (2, 3), in h5py's types and byte orders.
BOOST_AUTO_TEST_CASE(reads_every_type_h5py_writes) {
  const Hdf5File file = Hdf5File::open(fixture("types.h5"));
  for (const auto& [name, dtype] : std::vector<std::pair<std::string, DType>>{{"f2", float16},
                                                                              {"f4", float32},
                                                                              {"f8", float64},
                                                                              {">f4", float32},
                                                                              {">f8", float64},
                                                                              {"i1", int8},
                                                                              {"i2", int32},
                                                                              {"i4", int32},
                                                                              {"i8", int64},
                                                                              {"u1", uint8},
                                                                              {"u2", int32},
                                                                              {"u4", uint32},
                                                                              {"u8", int64},
                                                                              {">i4", int32},
                                                                              {"bfloat16", bfloat16}}) {
    BOOST_TEST_CONTEXT(name) {
      const Tensor values = file.read(name);
      BOOST_TEST((values.spec() == TensorSpec{{2, 3}, dtype}));
      BOOST_TEST((file.spec(name) == values.spec()));
      BOOST_TEST(values.to_vector<double>() == (std::vector<double>{0, 1, 2, 3, 4, 5}),
                 boost::test_tools::per_element());
    }
  }
  BOOST_TEST((file.read("bool").dtype() == boolean));
  BOOST_TEST(file.read("bool").to_vector<int>() == (std::vector<int>{0, 1, 0, 1, 0, 1}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(reads_odd_shapes_and_compression) {
  const Hdf5File file = Hdf5File::open(fixture("types.h5"));
  BOOST_TEST(file.read("scalar").shape().to_string() == "()");
  BOOST_TEST(file.read("scalar").item() == 2.5);
  BOOST_TEST(file.read("one").shape().to_string() == "(1,)");
  BOOST_TEST(file.read("empty").shape().to_string() == "(0, 3)");
  BOOST_TEST(file.read("unwritten").to_vector<float>() == std::vector<float>(5, 3), boost::test_tools::per_element());
  BOOST_TEST(file.read("packed").to_vector<float>() == std::vector<float>(10000, 7), boost::test_tools::per_element());
  BOOST_CHECK_EXCEPTION(file.read("u8_beyond"), FormatError, says("expected numbers below 2^63"));
}

BOOST_AUTO_TEST_CASE(reads_text_datasets) {
  const Hdf5File file = Hdf5File::open(fixture("types.h5"));
  BOOST_TEST(file.read_strings("text") == (Strings{"gr\xc3\xbcn"}), boost::test_tools::per_element());
  BOOST_TEST(file.read_strings("texts") == (Strings{"a", "", "bc"}), boost::test_tools::per_element());
  BOOST_TEST(file.read_strings("fixed_texts") == (Strings{"a", "bc"}), boost::test_tools::per_element());
  BOOST_TEST(file.read_strings("no_texts").empty());
  BOOST_CHECK_EXCEPTION(file.read_strings("f4"), FormatError, says("expected text; got a float of 4 bytes"));
}

BOOST_AUTO_TEST_CASE(reads_attributes_of_every_form) {
  const Hdf5File file = Hdf5File::open(fixture("types.h5"));
  BOOST_TEST(file.string_attribute("", "text") == "gr\xc3\xbcn");
  BOOST_TEST(file.string_attribute("/", "empty_text") == "");
  BOOST_TEST(file.string_attribute("", "fixed") == "fixed");
  BOOST_TEST(file.strings_attribute("", "texts") == (Strings{"a", "bc", ""}), boost::test_tools::per_element());
  BOOST_TEST(file.strings_attribute("", "fixed_texts") == (Strings{"kernel:0", "b"}), boost::test_tools::per_element());
  BOOST_TEST(file.strings_attribute("", "none").empty());
  BOOST_TEST(file.strings_attribute("", "many") == (Strings{"a", "b", "c"}), boost::test_tools::per_element());
  BOOST_TEST(file.has_strings_attribute("", "many"));
  BOOST_TEST(!file.has_attribute("", "many"));
  BOOST_TEST(file.number_attribute("", "number").item() == 3);
  BOOST_TEST((file.number_attribute("", "number").dtype() == int64));
  BOOST_TEST(file.number_attribute("", "numbers").shape().to_string() == "(1, 2)");
  BOOST_TEST((file.number_attribute("", "flag").dtype() == boolean));
  BOOST_TEST(file.string_attribute("bfloat16", "dtype") == "bfloat16");
  BOOST_TEST(file.attributes("bfloat16") == (Strings{"dtype"}), boost::test_tools::per_element());
  BOOST_CHECK_EXCEPTION(file.string_attribute("", "texts"), FormatError,
                        says("expected one string in attribute 'texts'; got 3"));
  BOOST_CHECK_EXCEPTION(file.string_attribute("", "number"), FormatError,
                        says("expected text; got an integer of 8 bytes"));
  BOOST_CHECK_EXCEPTION(file.number_attribute("", "text"), FormatError, says("expected numbers; got a string"));
  BOOST_CHECK_EXCEPTION(file.strings_attribute("", "nope"), FormatError,
                        says("attribute 'nope': expected it to be there; there is none"));
}

BOOST_AUTO_TEST_CASE(every_dtype_and_odd_shapes_come_back) {
  const ScratchFolder folder;
  for (const DType dtype : {float32, float64, float16, bfloat16, int8, int32, int64, uint8, uint32, boolean}) {
    for (const Shape& shape : {Shape{}, Shape{1}, Shape{0}, Shape{3, 0, 2}, Shape{2, 3, 4}}) {
      const Tensor values = Tensor::empty(shape, dtype);
      auto* bytes = static_cast<unsigned char*>(values.raw());
      for (std::size_t i = 0; i < values.num_bytes(); ++i)
        bytes[i] = dtype == boolean ? i % 2 : static_cast<unsigned char>(i);
      Hdf5File file = Hdf5File::create(folder / "a.h5");
      file.write("group/values", values);
      file.close();
      const Tensor back = Hdf5File::open(folder / "a.h5").read("group/values");
      BOOST_TEST((back.spec() == values.spec()));
      BOOST_TEST(std::string(static_cast<const char*>(back.raw()), back.num_bytes()) ==
                 std::string(static_cast<const char*>(values.raw()), values.num_bytes()));
    }
  }
}

BOOST_AUTO_TEST_CASE(attributes_and_groups_come_back) {
  const ScratchFolder folder;
  Strings many;
  for (int i = 0; i < 9000; ++i) many.push_back("layer_" + std::to_string(i));
  {
    Hdf5File file = Hdf5File::create(folder / "a.h5");
    file.make_group("a/b");
    file.make_group("a/c");
    file.set_attribute("a", "text", "gr\xc3\xbcn");
    file.set_attribute("a", "texts", Strings{"x", ""});
    file.set_attribute("a", "none", Strings{});
    file.set_attribute("", "many", many);
    file.set_attribute("a/b", "number", Tensor::copy<double>({1.5}, {}));
    BOOST_CHECK_EXCEPTION(file.set_attribute("a", "text", "again"), FormatError, says("It may exist already"));
    BOOST_CHECK_EXCEPTION(file.write("", Tensor(1.0)), FormatError, says("expected a name for the dataset"));
    file.close();
    BOOST_CHECK_EXCEPTION(file.make_group("late"), FormatError, says("this one was closed"));
  }
  const Hdf5File file = Hdf5File::open(folder / "a.h5");
  BOOST_TEST(file.members("a") == (Strings{"b", "c"}), boost::test_tools::per_element());
  BOOST_TEST(file.string_attribute("a", "text") == "gr\xc3\xbcn");
  BOOST_TEST(file.strings_attribute("a", "texts") == (Strings{"x", ""}), boost::test_tools::per_element());
  BOOST_TEST(file.strings_attribute("a", "none").empty());
  BOOST_TEST(!file.has_attribute("", "many"));
  BOOST_TEST(file.strings_attribute("", "many") == many, boost::test_tools::per_element());
  BOOST_TEST(file.number_attribute("a/b", "number").item() == 1.5);
}

BOOST_AUTO_TEST_CASE(refuses_links_and_data_outside_the_file) {
  const Hdf5File file = Hdf5File::open(fixture("hostile.h5"));
  BOOST_TEST(file.read("good").num_elements() == 3);
  const char* not_followed = "Links are not followed";
  BOOST_CHECK_EXCEPTION(file.read("soft"), FormatError, says("'soft': expected a group or dataset; got a soft link"));
  BOOST_CHECK_EXCEPTION(file.read("elsewhere"), FormatError, says("got a link to another file"));
  BOOST_CHECK_EXCEPTION(file.read("elsewhere_group/f4"), FormatError, says(not_followed));
  BOOST_CHECK_EXCEPTION(file.read("soft_group/good"), FormatError, says(not_followed));
  BOOST_CHECK_EXCEPTION(file.has_dataset("soft_group/good"), FormatError, says(not_followed));
  BOOST_CHECK_EXCEPTION(file.attributes("elsewhere"), FormatError, says(not_followed));
  BOOST_CHECK_EXCEPTION(file.read("stored_elsewhere"), FormatError, says("got external storage"));
  BOOST_CHECK_EXCEPTION(file.read("virtual"), FormatError, says("got a virtual dataset"));
  BOOST_CHECK_EXCEPTION(file.spec("virtual"), FormatError, says("got a virtual dataset"));
}

BOOST_AUTO_TEST_CASE(refuses_sizes_that_the_file_cannot_hold) {
  const Hdf5File file = Hdf5File::open(fixture("hostile.h5"));
  for (const char* name : {"bomb", "unwritten_bomb", "chunk_bomb"}) {
    BOOST_CHECK_EXCEPTION(file.read(name), FormatError, says("for that is what the file can hold"));
  }
}

BOOST_AUTO_TEST_CASE(refuses_types_that_are_no_numbers) {
  const Hdf5File file = Hdf5File::open(fixture("hostile.h5"));
  for (const auto& [name, type] : {std::pair{"compound", "a compound"},
                                   {"text", "a string"},
                                   {"opaque", "an opaque type of 2 bytes"},
                                   {"complex", "a compound"},
                                   {"reference", "a reference"}}) {
    BOOST_CHECK_EXCEPTION(file.read(name), FormatError,
                          says(std::string("expected numbers of up to 8 bytes; got ") + type));
  }
  BOOST_CHECK_EXCEPTION(file.read("lzf"), FormatError, says("got HDF5 filter number 32000"));
  BOOST_CHECK_EXCEPTION(file.read("shapeless"), FormatError, says("got a dataset without a shape"));
  BOOST_CHECK_EXCEPTION(file.read("type"), FormatError, says("expected a dataset; got something else"));
}

BOOST_AUTO_TEST_CASE(says_plainly_what_is_wrong) {
  const ScratchFolder folder;
  BOOST_CHECK_EXCEPTION(Hdf5File::open("none.h5"), FormatError,
                        says("'none.h5': cannot open the file: No such file or directory"));
  BOOST_CHECK_EXCEPTION(Hdf5File::open(fixture("python.json")), FormatError,
                        says("expected an HDF5 file; got one of another format, or one that is damaged or cut short"));
  BOOST_CHECK_EXCEPTION(Hdf5File::open(fixture("python.json")), FormatError, says("[HDF5: "));
  put(folder / "short.h5", contents_of(fixture("types.h5")).substr(0, 9000));
  BOOST_CHECK_EXCEPTION(Hdf5File::open(folder / "short.h5"), FormatError, says("[HDF5: truncated file"));
  const Hdf5File file = Hdf5File::open(fixture("types.h5"));
  BOOST_CHECK_EXCEPTION(file.read("a/b"), FormatError,
                        says("'a/b': expected it to be there; there is nothing of that name"));
  BOOST_CHECK_EXCEPTION(file.read("f4/b"), FormatError, says("there is nothing of that name"));
  BOOST_CHECK_EXCEPTION(file.read("./f4"), FormatError, says("there is nothing of that name"));
  BOOST_CHECK_EXCEPTION(file.members("f4"), FormatError, says("expected a group; got something else"));
  BOOST_CHECK_EXCEPTION(Hdf5File::create(folder / "none/a.h5"), FormatError, says("cannot make an HDF5 file"));
}

BOOST_AUTO_TEST_CASE(reads_an_image_in_memory_as_the_file) {
  const std::string bytes = contents_of(fixture("types.h5"));
  const Hdf5File first = Hdf5File::open_image(bytes, "first"), second = Hdf5File::open_image(bytes, "second");
  Hdf5File moved = Hdf5File::open_image(bytes, "third");
  moved = Hdf5File::open_image(bytes, "fourth");
  for (const Hdf5File* file : std::initializer_list<const Hdf5File*>{&first, &second, &moved}) {
    BOOST_TEST(io::npy_bytes(file->read("f4")) == io::npy_bytes(Hdf5File::open(fixture("types.h5")).read("f4")));
  }
  BOOST_CHECK_EXCEPTION(Hdf5File::open_image("", "empty"), FormatError, says("'empty': expected an HDF5 file"));
}

BOOST_AUTO_TEST_CASE(threads_read_and_write_at_once) {
  const ScratchFolder folder;
  std::atomic<int> num_right = 0;
  std::vector<std::thread> threads;
  threads.reserve(8);
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 10; ++i) {
        const std::string path = folder / (std::to_string(t) + ".h5");
        Hdf5File file = Hdf5File::create(path);
        file.write("a", Tensor::copy<std::int32_t>({t, i}, {2}));
        file.close();
        const auto values = Hdf5File::open(path).read("a").to_vector<int>();
        num_right += values[0] == t && values[1] == i;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  BOOST_TEST(num_right == 80);
}

BOOST_AUTO_TEST_CASE(damaged_files_give_an_error_or_a_value) {
  const auto read = [](const std::string& bytes) { read_everything(Hdf5File::open_image(bytes, "damaged.h5")); };
  const std::string bytes = contents_of(fixture("types.h5"));
  check_truncations(bytes, read);
  check_flipped_bits(bytes, 500, read);
}

BOOST_AUTO_TEST_SUITE_END()
