#include "io/keras_archive.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "io/json.h"
#include "io/zip_archive.h"
#include "tests/io/malformed.h"
#include "tests/io/scratch_folder.h"

using namespace cornu;
using namespace cornu::testing;
using io::KerasArchive;
using io::read_keras_archive;

BOOST_AUTO_TEST_SUITE(io_keras_archive)

BOOST_AUTO_TEST_CASE(reads_what_keras_writes) {
  const KerasArchive archive = read_keras_archive(fixture("keras3.keras"));
  BOOST_TEST(archive.metadata.at("keras_version").is_string());
  BOOST_TEST(archive.config.at("class_name").as_string() == "Functional");
  BOOST_TEST(archive.config.at("config").at("layers").size() == 5u);
  BOOST_TEST(archive.weights.groups.size() == 7u);
  BOOST_TEST(archive.assets.empty());
}

// An array with a name instead of a number.
BOOST_AUTO_TEST_CASE(reads_the_weights_of_a_lookup_layer) {
  const KerasArchive archive = read_keras_archive(fixture("lookup.keras"));
  for (const StateTree::Group& group : archive.weights.groups) {
    if (group.path == "layers/integer_lookup") BOOST_TEST(group.arrays.size() == 1u);
  }
}

BOOST_AUTO_TEST_CASE(what_is_written_comes_back_with_keras_members) {
  const ScratchFolder folder;
  KerasArchive archive = read_keras_archive(fixture("keras3.keras"));
  archive.assets = {{"layers/lookup/vocabulary.txt", "a\nb\n"}};
  io::write_keras_archive(folder / "a.keras", archive);
  BOOST_TEST(folder.num_files() == 1u);
  BOOST_TEST(io::ZipArchive::open(folder / "a.keras").members() ==
                 (std::vector<std::string>{"metadata.json", "config.json", "model.weights.h5",
                                           "assets/layers/lookup/vocabulary.txt"}),
             boost::test_tools::per_element());
  const KerasArchive back = read_keras_archive(folder / "a.keras");
  BOOST_TEST((back.metadata == archive.metadata));
  BOOST_TEST((back.config == archive.config));
  BOOST_TEST((back.assets == archive.assets));
  BOOST_TEST(back.weights.groups.size() == archive.weights.groups.size());
  // The text of the configuration is Keras' own, byte for byte.
  BOOST_TEST(io::ZipArchive::open(folder / "a.keras").read_member("config.json") ==
             io::ZipArchive::open(fixture("keras3.keras")).read_member("config.json"));
}

BOOST_AUTO_TEST_CASE(says_plainly_what_is_wrong) {
  const ScratchFolder folder;
  BOOST_CHECK_EXCEPTION(read_keras_archive("none.keras"), FormatError, says("No such file or directory"));
  BOOST_CHECK_EXCEPTION(read_keras_archive(fixture("keras3.weights.h5")), FormatError, says("expected a ZIP archive"));
  BOOST_CHECK_EXCEPTION(read_keras_archive(fixture("plain.zip")), FormatError,
                        says("got a ZIP archive without config.json"));
  io::ZipWriter npz(folder / "npz.keras");
  npz.add("config.json", "{}");
  npz.add("model.weights.npz", "");
  npz.commit();
  BOOST_CHECK_EXCEPTION(read_keras_archive(folder / "npz.keras"), FormatError,
                        says("keeps its weights in model.weights.npz"));
  io::ZipWriter bad(folder / "bad.keras");
  bad.add("config.json", "{");
  bad.add("model.weights.h5", "");
  bad.commit();
  BOOST_CHECK_EXCEPTION(read_keras_archive(folder / "bad.keras"), FormatError,
                        says("bad.keras/config.json': expected JSON"));
}

BOOST_AUTO_TEST_CASE(damaged_files_give_an_error_or_a_value) {
  const ScratchFolder folder;
  const auto read = [&](const std::string& bytes) {
    put(folder / "a.keras", bytes);
    read_keras_archive(folder / "a.keras");
  };
  const std::string bytes = contents_of(fixture("lookup.keras"));
  check_truncations(bytes, read);
  check_flipped_bits(bytes, 500, read);
}

BOOST_AUTO_TEST_SUITE_END()
