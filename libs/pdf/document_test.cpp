// PHA-4: documents on paper. What is in them is read back with poppler's tools, not with our own
// eyes.

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>
#include <unistd.h>

#include <ambula/base/text.hpp>
#include <ambula/pdf/document.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ambula::pdf::document_test {

using ::testing::HasSubstr;
using ::testing::Not;

std::filesystem::path temporary(const std::string& suffix) {
  static int count = 0;
  return std::filesystem::temp_directory_path() /
         ("ambula-pdf-" + std::to_string(getpid()) + "-" + std::to_string(count++) + suffix);
}

std::string output_of(const std::string& command) {
  std::string output;
  FILE* pipe = popen(command.c_str(), "r");
  std::array<char, 4096> buffer{};
  std::size_t got = 0;
  while ((got = fread(buffer.data(), 1, buffer.size(), pipe)) > 0)
    output.append(buffer.data(), got);
  EXPECT_EQ(pclose(pipe), 0) << command;
  return output;
}

std::string ask(const std::string& tool, const std::string& bytes, const std::string& to) {
  const auto file = temporary(".pdf");
  std::ofstream(file, std::ios::binary) << bytes;
  std::string output = output_of(tool + " " + file.string() + to);
  std::filesystem::remove(file);
  return output;
}

std::string text_of(const std::string& bytes) {
  return ask("pdftotext -layout", bytes, " -");
}
std::string info_of(const std::string& bytes) {
  return ask("pdfinfo -isodates", bytes, "");
}

int pages_of(const std::string& bytes) {
  const std::string info = info_of(bytes);
  const auto at = info.find("Pages:");
  return at == std::string::npos ? -1 : std::stoi(info.substr(at + 6));
}

/// Without white space: where lines break is not what is asked.
std::string squeezed(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c != ' ' && c != '\n' && c != '\f') out += c;
  }
  return out;
}

std::size_t occurrences(const std::string& text, const std::string& what) {
  std::size_t count = 0;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1))
    ++count;
  return count;
}

Document with(std::vector<Block> blocks) {
  Document document;
  document.title = "Prescription";
  document.footer = "RX-000123";
  document.created_at = *ambula::parse_instant("2026-11-24T09:30:00Z");
  document.blocks = std::move(blocks);
  return document;
}

Document prescription() {
  Document document = with({
      Heading{"Prescription RX-000123", 1},
      Fields{{{"Patient", "आशा राव (Asha Rao)"},
              {"Record number", "CITY-0001234X"},
              {"Born", "1984-03-12 (42 years)"},
              {"Allergies", "Penicillin; peanuts"},
              {"Doctor", "د. مريم حداد"},
              {"Issued", "2026-11-24 15:00"}}},
      Heading{"Medicines", 2},
      Table{
          {{"Medicine", 3, Align::start},
           {"Dose", 1.2, Align::start},
           {"Frequency", 1.5, Align::start},
           {"Days", 0.7, Align::end},
           {"Quantity", 1, Align::end}},
          {{"Amoxicillin 500 mg capsules", "1 capsule", "every 8 hours", "7", "21"},
           {"Paracetamol 500 mg tablets — for fever or pain, at most four times a day, never more "
            "than eight tablets in 24 hours",
            "1–2 tablets", "when needed", "5", "20"},
           {"Vitamin D₃ 1000 IU", "1 drop", "once daily", "30", "1"}}},
      Heading{"Instructions", 2},
      Paragraph{"Take the capsules with water after a meal. Finish the course.\nCome back if the "
                "fever lasts longer than three days.",
                Tone::normal},
      Paragraph{"This document was made electronically.", Tone::small},
      QrCode{"https://ambula.example/verify/RX-000123", "Scan to check this prescription."},
      Signature{"Dr. Maryam Haddad, general medicine"},
  });
  document.letterhead = {"City Clinic", {"12 Lake Road, Pune 411001", "+91 20 5550 1234"}};
  document.footer = "Prescription RX-000123 · Asha Rao · CITY-0001234X";
  return document;
}

TEST(Render, HoldsWhatWasPutIn) {
  const std::string bytes = render(prescription());
  ASSERT_TRUE(bytes.starts_with("%PDF-1."));
  const std::string text = text_of(bytes);
  for (const char* expected :
       {"City Clinic", "12 Lake Road, Pune 411001", "Prescription RX-000123", "आशा राव", "مريم",
        "حداد", "Penicillin; peanuts", "Amoxicillin 500 mg capsules", "every 8 hours", "Vitamin D",
        "fever lasts longer", "Scan to check", "Dr. Maryam Haddad", "1/1"}) {
    EXPECT_THAT(text, HasSubstr(expected));
  }
  EXPECT_EQ(pages_of(bytes), 1);
  if (const char* keep = std::getenv("AMBULA_PDF_KEEP")) {
    std::ofstream(keep, std::ios::binary) << bytes;
  }
}

TEST(Render, CarriesItsDateAndTitle) {
  const std::string info = info_of(render(prescription()));
  EXPECT_THAT(info, HasSubstr("2026-11-24T09:30:00"));
  EXPECT_THAT(info, HasSubstr("Prescription"));
  EXPECT_THAT(info, HasSubstr("595.276 x 841.89 pts (A4)"));
  Document small = prescription();
  small.page_size = PageSize::a5;
  EXPECT_THAT(info_of(render(small)), HasSubstr("419.528 x 595.276 pts"));
}

TEST(Render, SameDocumentSameBytes) {
  const std::string first = render(prescription());
  EXPECT_NE(render(with({Paragraph{"another", Tone::strong}})), first);
  EXPECT_EQ(render(prescription()), first);
  std::string elsewhere;
  std::thread([&] { elsewhere = render(prescription()); }).join();
  EXPECT_EQ(elsewhere, first);
  Document later = prescription();
  later.created_at += std::chrono::hours(1);
  EXPECT_NE(render(later), first);
}

TEST(Render, LongTextBreaksLinesAndPages) {
  std::string words;
  for (int i = 0; i < 3000; ++i)
    words += "word" + std::to_string(i) + " ";
  const std::string bytes = render(with({Heading{"Long", 1}, Paragraph{words, Tone::normal}}));
  const std::string text = text_of(bytes);
  EXPECT_GT(pages_of(bytes), 3);
  for (int i = 0; i < 3000; i += 37) {
    EXPECT_THAT(text, HasSubstr("word" + std::to_string(i))) << "lost at a break";
  }
  EXPECT_EQ(occurrences(text, "RX-000123"), static_cast<std::size_t>(pages_of(bytes)));
  EXPECT_THAT(text, HasSubstr("2/" + std::to_string(pages_of(bytes))));
}

TEST(Render, TenThousandCharactersWithoutASpace) {
  const std::string wall(10'000, 'W');
  const std::string text = squeezed(text_of(render(with({
      Paragraph{wall, Tone::normal},
      Fields{{{wall, "value"}}},
  }))));
  EXPECT_EQ(occurrences(text, "W"), 20'000U);
}

TEST(Table, RepeatsItsHeaderAndLosesNoRow) {
  Table table{{{"Lot", 1, Align::start}, {"On hand", 1, Align::end}}, {}};
  for (int i = 0; i < 200; ++i)
    table.rows.push_back({"LOT-" + std::to_string(1000 + i), "7"});
  const std::string bytes = render(with({table}));
  const std::string text = text_of(bytes);
  const int pages = pages_of(bytes);
  EXPECT_GT(pages, 2);
  EXPECT_EQ(occurrences(text, "On hand"), static_cast<std::size_t>(pages));
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(occurrences(text, "LOT-" + std::to_string(1000 + i)), 1U);
  }
}

TEST(Table, ARowTallerThanAPageGoesOn) {
  std::string lines;
  for (int i = 0; i < 150; ++i)
    lines += "line" + std::to_string(1000 + i) + "\n";
  const std::string bytes =
      render(with({Table{{{"A", 1, Align::start}, {"B", 1, Align::start}},
                         {{"before", "x"}, {"short", lines}, {"after", "y"}}}}));
  const std::string text = text_of(bytes);
  EXPECT_EQ(pages_of(bytes), 3);
  for (int i = 0; i < 150; ++i) {
    EXPECT_EQ(occurrences(text, "line" + std::to_string(1000 + i)), 1U);
  }
  EXPECT_LT(text.find("before"), text.find("short"));
  EXPECT_LT(text.find("line1149"), text.find("after"));
}

TEST(Table, OddShapesLoseNothing) {
  const std::string text = text_of(render(with({
      Table{{}, {{"no columns"}}},
      Table{{{"one", 0, Align::start}, {"two", -3, Align::end}},
            {{"a1"}, {"b1", "b2", "b3", "b4"}, {}}},
      Table{std::vector<Column>(60, Column{"c", 1, Align::start}),
            {std::vector<std::string>(60, "wide")}},
      Table{{{std::string(9000, 'H'), 1, Align::start}}, {{"under a huge header"}}},
  })));
  for (const char* expected : {"a1", "b1", "b2 b3 b4", "under a huge header"}) {
    EXPECT_THAT(text, HasSubstr(expected));
  }
}

TEST(Heading, StaysWithWhatFollows) {
  // Whatever room is left, the heading stands on the page of its paragraph.
  for (int lines = 40; lines < 64; ++lines) {
    std::string filler;
    for (int i = 0; i < lines; ++i)
      filler += "x\n";
    const std::string text = text_of(render(with(
        {Paragraph{filler, Tone::normal}, Heading{"Title-here", 2}, Paragraph{"Body-here", {}}})));
    const auto heading = text.find("Title-here");
    const auto body = text.find("Body-here");
    ASSERT_NE(heading, std::string::npos);
    ASSERT_NE(body, std::string::npos);
    EXPECT_EQ(text.substr(heading, body - heading).find('\f'), std::string::npos) << lines;
  }
}

/// Whatever people's names hold: a document, and the rest of it is there.
TEST(OddText, NeverStopsADocument) {
  using namespace std::string_literals;
  std::string marks = "e";
  for (int i = 0; i < 2000; ++i)
    marks += "\u0301";
  std::string nested;
  for (int i = 0; i < 500; ++i)
    nested += "\u202E\u2066";
  const std::vector<std::string> odd{""s,
                                     " "s,
                                     "\n\n\n"s,
                                     "\r\n"s,
                                     "\t"s,
                                     "a\0b"s,
                                     "\x01\x1B[31m\x7F"s,
                                     "\xFF\xFE\x80"s,
                                     "\xC0\xAF"s,
                                     "\xED\xA0\x80"s,
                                     "\xF4\x90\x80\x80"s,
                                     "\xE0\xA4"s,
                                     "👩🏽‍⚕️🇮🇳🧑‍🤝‍🧑"s,
                                     marks,
                                     nested,
                                     "क्ष्म्यौं श्री ज्ञानेश्वर"s,
                                     "مُحَمَّد بن عَبْد ٱلله"s,
                                     "שלום abc 123"s,
                                     "ไทยน้ำ"s,
                                     "漢字かな交じり文"s,
                                     "\u2028\u2029\u0085"s,
                                     "\uFFFE\uFFFF"s,
                                     "\u00AD\u200B\u200D\uFEFF"s,
                                     "<b>&amp;</b> %s %n"s,
                                     std::string(10'000, '\n').substr(0, 400),
                                     std::string(300, '\t')};
  for (std::size_t i = 0; i < odd.size(); ++i) {
    SCOPED_TRACE(i);
    const auto& text = odd[i];
    Document document =
        with({Heading{text, static_cast<int>(i)}, Paragraph{text, Tone::small},
              Fields{{{text, text}, {"", ""}}}, Table{{{text, 1, Align::end}}, {{text}}},
              QrCode{text, text}, Signature{text}, Divider{}, Paragraph{"the-end", Tone::strong}});
    document.title = document.footer = text;
    document.letterhead = {text, {text, text}};
    EXPECT_THAT(text_of(render(document)), HasSubstr("the-end"));
  }
}

TEST(OddText, IsPlainTextNeverMarkup) {
  EXPECT_THAT(text_of(render(with({Paragraph{"<b>5 < 6 & 7</b>", Tone::normal}}))),
              HasSubstr("<b>5 < 6 & 7</b>"));
}

TEST(OddText, ScriptsAreReadBack) {
  const std::string text =
      text_of(render(with({Paragraph{"श्री ज्ञानेश्वर", Tone::normal}, Paragraph{"مريم", Tone::strong},
                           Paragraph{"Ğüneş Łódź Ελένη Мария", Tone::normal}})));
  EXPECT_THAT(text, HasSubstr("श्री ज्ञानेश्वर"));
  EXPECT_THAT(text, HasSubstr("مريم"));
  EXPECT_THAT(text, HasSubstr("Ğüneş Łódź Ελένη Мария"));
}

TEST(Limits, ExcessIsCutVisibly) {
  std::string wide;
  while (wide.size() <= max_text_bytes + 10)
    wide += "ä b ";
  const std::string text = text_of(render(with({Paragraph{wide, Tone::normal}})));
  EXPECT_THAT(text, HasSubstr("[…]"));
  EXPECT_THAT(text, Not(HasSubstr("\uFFFD"))) << "cut in the middle of a character";

  std::vector<Block> blocks;
  for (int i = 0; i < 60; ++i)
    blocks.emplace_back(Paragraph{std::string(1000, '\n'), Tone::normal});
  blocks.emplace_back(Paragraph{"the-end", Tone::normal});
  const std::string bytes = render(with(std::move(blocks)));
  EXPECT_EQ(pages_of(bytes), static_cast<int>(max_pages));
  EXPECT_THAT(text_of(bytes), HasSubstr("[…]"));
}

TEST(QrCodes, TooMuchForACodeIsPrinted) {
  const std::string text = squeezed(text_of(render(with({QrCode{std::string(2400, 'q'), "c"}}))));
  EXPECT_EQ(occurrences(text, "q"), 2400U);
  EXPECT_EQ(occurrences(text_of(render(with({QrCode{std::string(2331, 'q'), "c"}}))), "q"), 0U);
}

TEST(Threads, RenderAtOnce) {
  const std::string expected = render(prescription());
  std::vector<std::string> made(4);
  {
    std::vector<std::jthread> threads;
    for (auto& one : made) {
      threads.emplace_back([&one] {
        for (int i = 0; i < 5; ++i)
          one = render(prescription());
      });
    }
  }
  for (const auto& one : made)
    EXPECT_EQ(one, expected);
}

}  // namespace ambula::pdf::document_test
