#include "io/weights_file.h"

#include <boost/test/unit_test.hpp>
#include <map>
#include <sstream>

#include "framework/error.h"
#include "io/hdf5_file.h"
#include "io/npy.h"
#include "tests/io/malformed.h"
#include "tests/io/scratch_folder.h"

using namespace cornu;
using namespace cornu::testing;
using io::Hdf5File;

namespace {

std::map<std::string, StateTree::Group> by_path(const StateTree& state) {
  std::map<std::string, StateTree::Group> groups;
  for (const StateTree::Group& group : state.groups) groups[group.path] = group;
  return groups;
}

void check_equal(const StateTree& left, const StateTree& right) {
  BOOST_REQUIRE(left.groups.size() == right.groups.size());
  for (std::size_t i = 0; i < left.groups.size(); ++i) {
    BOOST_TEST(left.groups[i].path == right.groups[i].path);
    BOOST_TEST(left.groups[i].name == right.groups[i].name);
    BOOST_REQUIRE(left.groups[i].arrays.size() == right.groups[i].arrays.size());
    for (std::size_t k = 0; k < left.groups[i].arrays.size(); ++k) {
      const Tensor& a = left.groups[i].arrays[k];
      const Tensor& b = right.groups[i].arrays[k];
      BOOST_TEST((a.spec() == b.spec()));
      BOOST_TEST(std::string(static_cast<const char*>(a.raw()), a.num_bytes()) ==
                 std::string(static_cast<const char*>(b.raw()), b.num_bytes()));
    }
  }
}

// The parts of an HDF5 file that matter to a reader: groups, specs, attributes.
std::string outline(const Hdf5File& file, const std::string& path = "") {
  std::ostringstream text;
  for (const std::string& name : file.attributes(path)) {
    text << "@" << name << "=" << file.string_attribute(path, name) << "\n";
  }
  for (const std::string& name : file.members(path)) {
    const std::string member = path + "/" + name;
    text << member << " " << (file.has_dataset(member) ? file.spec(member).to_string() : "group") << "\n";
    if (file.has_group(member)) text << outline(file, member);
  }
  return text.str();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(io_weights_file)

// Keras wrote the file; its array number k holds k, k + 1/8, ... (fixtures/generate.py).
BOOST_AUTO_TEST_CASE(reads_what_keras_writes) {
  const StateTree state = io::read_weights(fixture("keras3.weights.h5"));
  const auto groups = by_path(state);
  BOOST_TEST(groups.size() == 7u);
  BOOST_TEST(groups.at("").name == "outer");
  BOOST_TEST(groups.at("layers/input_layer").name == "x");
  BOOST_TEST(groups.at("layers/dropout").arrays.empty());
  BOOST_TEST(groups.at("layers/dense").name == "first");
  BOOST_TEST(groups.at("layers/batch_normalization").arrays.size() == 4u);
  const StateTree::Group& inside = groups.at("layers/sequential/layers/dense");
  BOOST_TEST(inside.name == "inside");
  BOOST_REQUIRE(inside.arrays.size() == 2u);
  BOOST_TEST(inside.arrays[0].spec().to_string() == "(3, 2) float32");
  BOOST_TEST(inside.arrays[1].to_vector<float>() == (std::vector<float>{7, 7.125}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(reads_bfloat16) {
  const StateTree::Group group = by_path(io::read_weights(fixture("bfloat16.weights.h5"))).at("layers/dense");
  BOOST_REQUIRE(group.arrays.size() == 2u);
  BOOST_TEST((group.arrays[0].dtype() == bfloat16));
  BOOST_TEST(group.arrays[0].to_vector<float>() == (std::vector<float>{0, 0.125, 0.25, 0.375}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(writes_the_same_file_as_keras) {
  const ScratchFolder folder;
  for (const char* name : {"keras3.weights.h5", "bfloat16.weights.h5"}) {
    const StateTree state = io::read_weights(fixture(name));
    io::write_weights(folder / "a.weights.h5", state);
    check_equal(io::read_weights(folder / "a.weights.h5"), state);
    BOOST_TEST(outline(Hdf5File::open(folder / "a.weights.h5")) == outline(Hdf5File::open(fixture(name))));
    check_equal(io::read_weights_image(contents_of(fixture(name)), "image"), state);
  }
  BOOST_TEST(folder.num_files() == 1u);
}

BOOST_AUTO_TEST_CASE(more_than_ten_arrays_keep_their_order) {
  const ScratchFolder folder;
  StateTree state;
  state.groups.push_back({"optimizer", "adam", {}});
  for (int i = 0; i < 120; ++i) state.groups[0].arrays.push_back(Tensor::copy<std::int32_t>({i}, {}));
  io::write_weights(folder / "a.weights.h5", state);
  check_equal(io::read_weights(folder / "a.weights.h5"), state);
}

BOOST_AUTO_TEST_CASE(a_group_without_name_and_arrays_is_left_out) {
  const ScratchFolder folder;
  StateTree state;
  state.groups.push_back({"", "model", {}});
  state.groups.push_back({"layers/add", "", {}});
  state.groups.push_back({"layers/dense", "", {Tensor::copy<float>({1}, {1})}});
  io::write_weights(folder / "a.weights.h5", state);
  const auto groups = by_path(io::read_weights(folder / "a.weights.h5"));
  BOOST_TEST(groups.size() == 2u);
  BOOST_TEST(groups.at("layers/dense").name == "");
}

BOOST_AUTO_TEST_CASE(a_failed_save_leaves_the_old_file) {
  const ScratchFolder folder;
  put(folder / "a.weights.h5", "old");
  StateTree state;
  state.groups.push_back({"a", "", {Tensor::copy<float>({1}, {1})}});
  state.groups.push_back({"a/vars/0", "in the way of a dataset", {}});
  BOOST_CHECK_THROW(io::write_weights(folder / "a.weights.h5", state), FormatError);
  BOOST_TEST(contents_of(folder / "a.weights.h5") == "old");
  BOOST_TEST(folder.num_files() == 1u);
}

BOOST_AUTO_TEST_CASE(tells_the_old_layouts_and_refuses_them) {
  const ScratchFolder folder;
  {
    Hdf5File file = Hdf5File::create(folder / "old.h5");
    file.set_attribute("", "layer_names", std::vector<std::string>{"dense"});
    file.close();
  }
  using io::WeightsLayout;
  BOOST_TEST((io::weights_layout(Hdf5File::open(fixture("keras3.weights.h5"))) == WeightsLayout::kKeras3));
  BOOST_TEST((io::weights_layout(Hdf5File::open(fixture("legacy_model.h5"))) == WeightsLayout::kLegacyModel));
  BOOST_TEST((io::weights_layout(Hdf5File::open(folder / "old.h5")) == WeightsLayout::kLegacyWeights));
  BOOST_CHECK_EXCEPTION(io::read_weights(fixture("legacy_model.h5")), FormatError, says("got an old layout"));
  BOOST_CHECK_EXCEPTION(io::read_weights(folder / "old.h5"), FormatError, says("got an old layout"));
}

BOOST_AUTO_TEST_CASE(says_plainly_what_is_wrong) {
  BOOST_CHECK_EXCEPTION(io::read_weights("none.weights.h5"), FormatError, says("No such file or directory"));
  BOOST_CHECK_EXCEPTION(io::read_weights(fixture("gap.weights.h5")), FormatError,
                        says("group '/layers/dense/vars': expected an array named '1'; got '2' as the next one"));
  BOOST_CHECK_EXCEPTION(io::read_weights(fixture("loop.weights.h5")), FormatError, says("expected at most 64 levels"));
  BOOST_CHECK_EXCEPTION(io::read_weights(fixture("hostile.h5")), FormatError, says("Links are not followed"));
}

BOOST_AUTO_TEST_CASE(damaged_files_give_an_error_or_a_value) {
  const auto read = [](const std::string& bytes) { io::read_weights_image(bytes, "damaged.weights.h5"); };
  const std::string bytes = contents_of(fixture("bfloat16.weights.h5"));
  check_truncations(bytes, read);
  check_flipped_bits(bytes, 500, read);
}

BOOST_AUTO_TEST_SUITE_END()
