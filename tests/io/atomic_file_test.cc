#include "io/atomic_file.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <thread>

#include "framework/error.h"
#include "tests/io/malformed.h"
#include "tests/io/scratch_folder.h"

using namespace cornu;
using namespace cornu::testing;
using io::AtomicFile;
using io::write_file;

BOOST_AUTO_TEST_SUITE(io_atomic_file)

BOOST_AUTO_TEST_CASE(a_new_file_appears_with_commit) {
  const ScratchFolder folder;
  AtomicFile file(folder / "a");
  file.write("one ");
  file.write("two");
  BOOST_TEST(!std::filesystem::exists(folder / "a"));
  file.commit();
  BOOST_TEST(contents_of(folder / "a") == "one two");
  BOOST_TEST(folder.num_files() == 1u);
}

BOOST_AUTO_TEST_CASE(without_commit_nothing_happens) {
  const ScratchFolder folder;
  put(folder / "a", "old");
  {
    AtomicFile file(folder / "a");
    file.write("new");
  }
  BOOST_TEST(contents_of(folder / "a") == "old");
  BOOST_TEST(folder.num_files() == 1u);
}

BOOST_AUTO_TEST_CASE(keeps_permissions_and_links) {
  const ScratchFolder folder;
  put(folder / "a", "old");
  ::chmod((folder / "a").c_str(), 0440);
  std::filesystem::create_symlink("a", folder / "link");
  write_file(folder / "link", "new");
  BOOST_TEST(std::filesystem::is_symlink(folder / "link"));
  BOOST_TEST(contents_of(folder / "a") == "new");
  struct stat status {};
  ::stat((folder / "a").c_str(), &status);
  BOOST_TEST((status.st_mode & 07777) == 0440u);
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_file) {
  const ScratchFolder folder;
  BOOST_CHECK_EXCEPTION(write_file("/dev/null", "x"), FormatError,
                        says("expected a file to write; got a folder or a device"));
  BOOST_CHECK_EXCEPTION(write_file(folder / "", "x"), FormatError, says("expected a file to write"));
  BOOST_CHECK_EXCEPTION(write_file(folder / "none/a", "x"), FormatError, says("No such file or directory"));
}

// A process that writes again and again is killed at many moments: the file always is one of the two complete ones.
BOOST_AUTO_TEST_CASE(a_killed_writer_leaves_the_old_or_the_new_file) {
  const ScratchFolder folder;
  const std::string path = folder / "a";
  const std::string old_bytes(300000, 'a'), new_bytes(500000, 'b');
  write_file(path, old_bytes);
  for (int round = 0; round < 20; ++round) {
    const pid_t writer = ::fork();
    BOOST_REQUIRE(writer >= 0);
    if (writer == 0) {
      for (;;) {
        write_file(path, new_bytes);
        write_file(path, old_bytes);
      }
    }
    std::this_thread::sleep_for(std::chrono::microseconds(500 + 700 * round));
    ::kill(writer, SIGKILL);
    ::waitpid(writer, nullptr, 0);
    const std::string found = contents_of(path);
    BOOST_TEST((found == old_bytes || found == new_bytes));
  }
}

BOOST_AUTO_TEST_SUITE_END()
