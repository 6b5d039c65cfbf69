#include "io/zip_archive.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "tests/io/malformed.h"
#include "tests/io/scratch_folder.h"

using namespace cornu;
using namespace cornu::testing;
using io::ZipArchive;
using io::ZipWriter;

BOOST_AUTO_TEST_SUITE(io_zip_archive)

BOOST_AUTO_TEST_CASE(reads_members_in_order) {
  const ZipArchive zip = ZipArchive::open(fixture("plain.zip"));
  BOOST_TEST(zip.members() == (std::vector<std::string>{"folder/b.txt", "a.txt", "none"}),
             boost::test_tools::per_element());
  BOOST_TEST(zip.read_member("folder/b.txt") == "second");
  BOOST_TEST(zip.read_member("a.txt").size() == 500u);
  BOOST_TEST(zip.read_member("none").empty());
  BOOST_TEST(!zip.contains("b.txt"));
  BOOST_CHECK_EXCEPTION(zip.read_member("b.txt"), FormatError,
                        says("expected a member 'b.txt' in the archive; there is none"));
  BOOST_CHECK_EXCEPTION(zip.read_member("a.txt", 499), FormatError,
                        says("member 'a.txt': expected at most 499 bytes; got 500"));
}

BOOST_AUTO_TEST_CASE(what_is_written_comes_back_stored) {
  const ScratchFolder folder;
  put(folder / "part", "from a file");
  {
    ZipWriter zip(folder / "a.zip");
    zip.add("zeta/one", "first");
    zip.add_file("alpha", folder / "part");
    zip.add("empty", "");
    BOOST_TEST(!std::filesystem::exists(folder / "a.zip"));
    zip.commit();
  }
  const ZipArchive zip = ZipArchive::open(folder / "a.zip");
  BOOST_TEST(zip.members() == (std::vector<std::string>{"zeta/one", "alpha", "empty"}),
             boost::test_tools::per_element());
  BOOST_TEST(zip.read_member("zeta/one") == "first");
  BOOST_TEST(zip.read_member("alpha") == "from a file");
  BOOST_TEST(contents_of(folder / "a.zip").find("from a file") != std::string::npos);
  BOOST_TEST(folder.num_files() == 2u);
}

BOOST_AUTO_TEST_CASE(without_commit_there_is_no_file) {
  const ScratchFolder folder;
  {
    ZipWriter zip(folder / "a.zip");
    zip.add("a", "1");
  }
  BOOST_TEST(folder.num_files() == 0u);
}

BOOST_AUTO_TEST_CASE(refuses_hostile_archives) {
  BOOST_CHECK_EXCEPTION(ZipArchive::open(fixture("twice.zip")), FormatError,
                        says("expected each name once; got member 'a' twice"));
  for (const char* name : {"leaves.zip", "absolute.zip", "backslash.zip"}) {
    BOOST_CHECK_EXCEPTION(ZipArchive::open(fixture(name)), FormatError, says("expected names within the archive"));
  }
  BOOST_CHECK_EXCEPTION(ZipArchive::open(fixture("bzip2.zip")), FormatError, says("member 'a' is packed by method 12"));
  BOOST_CHECK_EXCEPTION(ZipArchive::open(fixture("bomb.zip")), FormatError, says("its members claim more"));
}

BOOST_AUTO_TEST_CASE(damaged_files_give_an_error_or_a_value) {
  const ScratchFolder folder;
  const auto read = [&](const std::string& bytes) {
    put(folder / "a.zip", bytes);
    const ZipArchive zip = ZipArchive::open(folder / "a.zip");
    for (const std::string& member : zip.members()) zip.read_member(member);
  };
  const std::string bytes = contents_of(fixture("plain.zip"));
  check_truncations(bytes, read);
  check_flipped_bits(bytes, 2000, read);
}

BOOST_AUTO_TEST_SUITE_END()
