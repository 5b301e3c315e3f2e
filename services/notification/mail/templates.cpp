#include "templates.hpp"

#include <array>

// Names of the values: given_name facility doctor department date time number expires_on. No
// subject says anything clinical, nor whom it is about [NOT-6].
namespace ambula::notification::mail {
namespace {

using Set = std::array<Words, 7>;  // in the order of domain::Template

constexpr Set english = {{
    {"Your visit at {{facility}} is booked",
     "Dear {{given_name}},\n\nyour visit is booked for {{date}} at {{time}}{{#doctor}} with "
     "{{doctor}}{{/doctor}}"
     "{{#department}} ({{department}}){{/department}}.\n\nThe attached entry puts it into your "
     "calendar."},
    {"Your visit at {{facility}} was moved",
     "Dear {{given_name}},\n\nyour visit was moved. It is now on {{date}} at {{time}}{{#doctor}} "
     "with {{doctor}}"
     "{{/doctor}}{{#department}} ({{department}}){{/department}}.\n\nThe attached entry updates "
     "your calendar."},
    {"Your visit at {{facility}} is cancelled",
     "Dear {{given_name}},\n\nyour visit on {{date}} at {{time}}{{#doctor}} with "
     "{{doctor}}{{/doctor}} is cancelled."
     "\n\nThe attached entry removes it from your calendar."},
    {"Your visit at {{facility}} takes place after all",
     "Dear {{given_name}},\n\nthe cancellation of your visit was undone. It takes place on "
     "{{date}} at {{time}}"
     "{{#doctor}} with {{doctor}}{{/doctor}}{{#department}} "
     "({{department}}){{/department}}.\n\nThe attached entry "
     "puts it back into your calendar."},
    {"A prescription from {{facility}}",
     "Dear {{given_name}},\n\na prescription was issued for you{{#doctor}} by "
     "{{doctor}}{{/doctor}}: number "
     "{{number}}, valid until {{expires_on}}.\n\nWe will write again when it is ready for "
     "collection."},
    {"Ready for collection at {{facility}}",
     "Dear {{given_name}},\n\nthe medicines of your prescription {{number}} are ready at the "
     "pharmacy of {{facility}}."
     "\n\nPlease collect them soon; they are kept for a limited time."},
    {"Handed over at {{facility}}",
     "Dear {{given_name}},\n\nmedicines of your prescription {{number}} were handed over at the "
     "pharmacy of "
     "{{facility}}.\n\nIf you did not collect them, please tell us."},
}};

constexpr Set german = {{
    {"Ihr Termin bei {{facility}} ist gebucht",
     "Guten Tag {{given_name}},\n\nIhr Termin ist gebucht: {{date}}, {{time}} Uhr{{#doctor}}, bei "
     "{{doctor}}{{/doctor}}"
     "{{#department}} ({{department}}){{/department}}.\n\nDer Anhang trägt ihn in Ihren Kalender "
     "ein."},
    {"Ihr Termin bei {{facility}} wurde verschoben",
     "Guten Tag {{given_name}},\n\nIhr Termin wurde verschoben. Neuer Termin: {{date}}, {{time}} "
     "Uhr{{#doctor}}, bei "
     "{{doctor}}{{/doctor}}{{#department}} ({{department}}){{/department}}.\n\nDer Anhang ändert "
     "den Eintrag in Ihrem "
     "Kalender."},
    {"Ihr Termin bei {{facility}} ist abgesagt",
     "Guten Tag {{given_name}},\n\nIhr Termin am {{date}}, {{time}} Uhr{{#doctor}}, bei "
     "{{doctor}}{{/doctor}}, ist "
     "abgesagt.\n\nDer Anhang entfernt ihn aus Ihrem Kalender."},
    {"Ihr Termin bei {{facility}} findet doch statt",
     "Guten Tag {{given_name}},\n\ndie Absage Ihres Termins wurde zurückgenommen. Er findet statt: "
     "{{date}}, {{time}} "
     "Uhr{{#doctor}}, bei {{doctor}}{{/doctor}}{{#department}} "
     "({{department}}){{/department}}.\n\nDer Anhang trägt ihn "
     "wieder in Ihren Kalender ein."},
    {"Ein Rezept von {{facility}}",
     "Guten Tag {{given_name}},\n\nfür Sie wurde ein Rezept ausgestellt{{#doctor}} von "
     "{{doctor}}{{/doctor}}: Nummer "
     "{{number}}, gültig bis {{expires_on}}.\n\nWir schreiben Ihnen, sobald es abgeholt werden "
     "kann."},
    {"Zur Abholung bereit bei {{facility}}",
     "Guten Tag {{given_name}},\n\ndie Arzneimittel zu Ihrem Rezept {{number}} liegen in der "
     "Apotheke von {{facility}} "
     "bereit.\n\nBitte holen Sie sie bald ab; sie werden nur begrenzte Zeit aufbewahrt."},
    {"Ausgehändigt bei {{facility}}",
     "Guten Tag {{given_name}},\n\nArzneimittel zu Ihrem Rezept {{number}} wurden in der Apotheke "
     "von {{facility}} "
     "ausgehändigt.\n\nFalls Sie sie nicht abgeholt haben, sagen Sie uns bitte Bescheid."},
}};

constexpr Set hindi = {{
    {"{{facility}} में आपका अपॉइंटमेंट बुक हो गया है",
     "नमस्ते {{given_name}},\n\nआपका अपॉइंटमेंट {{date}} को {{time}} बजे{{#doctor}} {{doctor}} के "
     "साथ{{/doctor}} बुक हो गया है"
     "{{#department}} ({{department}}){{/department}}।\n\nसंलग्न प्रविष्टि इसे आपके कैलेंडर में जोड़ देगी।"},
    {"{{facility}} में आपके अपॉइंटमेंट का समय बदल गया है",
     "नमस्ते {{given_name}},\n\nआपके अपॉइंटमेंट का समय बदल गया है। अब यह {{date}} को {{time}} "
     "बजे{{#doctor}} {{doctor}} के साथ"
     "{{/doctor}} है{{#department}} ({{department}}){{/department}}।\n\nसंलग्न प्रविष्टि आपके कैलेंडर को "
     "अपडेट कर देगी।"},
    {"{{facility}} में आपका अपॉइंटमेंट रद्द हो गया है",
     "नमस्ते {{given_name}},\n\n{{date}} को {{time}} बजे{{#doctor}} {{doctor}} के साथ{{/doctor}} आपका "
     "अपॉइंटमेंट रद्द कर दिया गया है।"
     "\n\nसंलग्न प्रविष्टि इसे आपके कैलेंडर से हटा देगी।"},
    {"{{facility}} में आपका अपॉइंटमेंट अब होगा",
     "नमस्ते {{given_name}},\n\nआपके अपॉइंटमेंट का रद्दीकरण वापस ले लिया गया है। यह {{date}} को {{time}} "
     "बजे{{#doctor}} {{doctor}} "
     "के साथ{{/doctor}} होगा{{#department}} ({{department}}){{/department}}।\n\nसंलग्न प्रविष्टि इसे फिर "
     "से आपके कैलेंडर में जोड़ देगी।"},
    {"{{facility}} से एक पर्चा",
     "नमस्ते {{given_name}},\n\nआपके लिए {{#doctor}}{{doctor}} द्वारा {{/doctor}}एक पर्चा जारी किया गया "
     "है: संख्या {{number}}, "
     "{{expires_on}} तक मान्य।\n\nदवाएँ तैयार होने पर हम आपको फिर लिखेंगे।"},
    {"{{facility}} में दवाएँ लेने के लिए तैयार हैं",
     "नमस्ते {{given_name}},\n\nआपके पर्चे {{number}} की दवाएँ {{facility}} की फ़ार्मेसी में तैयार हैं।\n\nकृपया "
     "जल्दी ले जाएँ; इन्हें सीमित "
     "समय तक ही रखा जाता है।"},
    {"{{facility}} में दवाएँ दे दी गईं",
     "नमस्ते {{given_name}},\n\nआपके पर्चे {{number}} की दवाएँ {{facility}} की फ़ार्मेसी में दे दी गई "
     "हैं।\n\nयदि आपने इन्हें नहीं लिया है, तो "
     "कृपया हमें बताएँ।"},
}};

}  // namespace

Words words(domain::Template name, std::string_view language) {
  const auto index = static_cast<std::size_t>(name);
  if (language == "de") return german[index];
  if (language == "hi") return hindi[index];
  return english[index];
}

std::string_view footer(std::string_view language) {
  if (language == "de")
    return "{{facility}}\n\nDiese Nachricht wurde automatisch gesendet; bitte antworten Sie nicht.";
  if (language == "hi") return "{{facility}}\n\nयह संदेश अपने आप भेजा गया है; कृपया उत्तर न दें।";
  return "{{facility}}\n\nThis message was sent automatically; please do not reply.";
}

std::string_view calendar_title(std::string_view language) {
  if (language == "de") return "Termin bei {{facility}}";
  if (language == "hi") return "{{facility}} में अपॉइंटमेंट";
  return "Visit at {{facility}}";
}

}  // namespace ambula::notification::mail
