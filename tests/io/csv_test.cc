#include "io/csv.h"

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "framework/error.h"
#include "tests/io/malformed.h"

using namespace cornu;
using namespace cornu::testing;
using io::CsvTable;
using io::parse_csv;

BOOST_AUTO_TEST_SUITE(io_csv)

BOOST_AUTO_TEST_CASE(reads_numbers_without_a_header) {
  const CsvTable table = parse_csv("1,2.5,-3e2\n4,5,6\n", "a.csv");
  BOOST_TEST(table.columns.empty());
  BOOST_TEST(table.values.shape().to_string() == "(2, 3)");
  BOOST_TEST(table.values.to_vector<float>() == (std::vector<float>{1, 2.5, -300, 4, 5, 6}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(reads_a_header_and_lenient_spelling) {
  const CsvTable table = parse_csv("\xef\xbb\xbfheight, \"width, cm\"\r\n +1 ,\"2\"\r\n\r\nnan,1e-60", "a.csv");
  BOOST_TEST(table.columns == (std::vector<std::string>{"height", "width, cm"}), boost::test_tools::per_element());
  const std::vector<float> values = table.values.to_vector<float>();
  BOOST_TEST(table.values.shape().to_string() == "(2, 2)");
  BOOST_TEST(values[1] == 2);
  BOOST_TEST(std::isnan(values[2]));
  BOOST_TEST(values[3] == 0);
}

BOOST_AUTO_TEST_CASE(an_error_names_the_line) {
  BOOST_CHECK_EXCEPTION(parse_csv("1,2\n3\n", "a.csv"), FormatError,
                        says("'a.csv', line 2: expected 2 fields, as in the first line; got 1"));
  BOOST_CHECK_EXCEPTION(parse_csv("a,b\n1,two\n", "a.csv"), FormatError, says("line 2: expected a number; got 'two'"));
  BOOST_CHECK_EXCEPTION(parse_csv("1,\n", "a.csv"), FormatError, says("got ''"));
  BOOST_CHECK_EXCEPTION(io::read_csv("none.csv"), FormatError, says("No such file or directory"));
}

BOOST_AUTO_TEST_CASE(an_empty_file_is_an_empty_table) {
  BOOST_TEST(parse_csv("", "a.csv").values.shape().to_string() == "(0, 0)");
}

BOOST_AUTO_TEST_SUITE_END()
