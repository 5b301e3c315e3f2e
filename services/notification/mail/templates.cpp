#include "templates.hpp"

#include <array>

// The values that can stand in them: domain/wording.cpp. No subject says anything clinical, nor
// whom it is about [NOT-6].
namespace ambula::notification::mail {
namespace {

/// In the order of domain::Template.
using Set = std::array<Words, 12>;

constexpr Set english = {{
    {"Your visit at {{facility}} is booked",
     "Dear {{given_name}},\n\n"
     "your visit is booked for {{date}} at {{time}}{{#doctor}} with "
     "{{doctor}}{{/doctor}}{{#department}} ({{department}}){{/department}}.\n\n"
     "The attached entry puts it into your calendar."},
    {"Your visit at {{facility}} was moved",
     "Dear {{given_name}},\n\n"
     "your visit was moved. It is now on {{date}} at {{time}}{{#doctor}} with "
     "{{doctor}}{{/doctor}}{{#department}} ({{department}}){{/department}}.\n\n"
     "The attached entry updates your calendar."},
    {"Your visit at {{facility}} is cancelled",
     "Dear {{given_name}},\n\n"
     "your visit on {{date}} at {{time}}{{#doctor}} with {{doctor}}{{/doctor}} is "
     "cancelled.\n\n"
     "The attached entry removes it from your calendar."},
    {"Reminder of your visit at {{facility}}",
     "Dear {{given_name}},\n\n"
     "we expect you on {{date}} at {{time}}{{#doctor}} with "
     "{{doctor}}{{/doctor}}{{#department}} ({{department}}){{/department}}.\n\n"
     "If you cannot come, please tell us in time{{#phone}}: {{phone}}{{/phone}}."},
    {"Your visit at {{facility}} takes place after all",
     "Dear {{given_name}},\n\n"
     "your visit takes place after all: on {{date}} at {{time}}{{#doctor}} with "
     "{{doctor}}{{/doctor}}{{#department}} ({{department}}){{/department}}.\n\n"
     "The attached entry puts it back into your calendar."},
    {"A prescription from {{facility}}",
     "Dear {{given_name}},\n\n"
     "a prescription was issued for you{{#doctor}} by {{doctor}}{{/doctor}}: number "
     "{{number}}, valid until {{expires_on}}.\n\n"
     "We will write again when it is ready for collection."},
    {"Ready for collection at {{facility}}",
     "Dear {{given_name}},\n\n"
     "what was prescribed for you (number {{number}}) is ready at the pharmacy of "
     "{{facility}}.\n\n"
     "Please collect it soon; it is kept for a limited time."},
    {"Handed over at {{facility}}",
     "Dear {{given_name}},\n\n"
     "medicines of your prescription {{number}} were handed over at the pharmacy of "
     "{{facility}}.\n\n"
     "If you did not collect them, please tell us{{#phone}}: {{phone}}{{/phone}}."},
    {"Please confirm your e-mail address for {{facility}}",
     "Hello,\n\n"
     "this address was given for an account at {{facility}}. Please confirm that it is "
     "yours:\n\n"
     "{{link}}\n\n"
     "The link works once, until {{until}}. If this was not you, you need not do "
     "anything."},
    {"Your invitation to {{facility}}",
     "Hello,\n\n"
     "{{facility}} invites you to an account of your own. There you can book visits "
     "and see your prescriptions. Please choose a password:\n\n"
     "{{link}}\n\n"
     "The link works once, until {{until}}."},
    {"Choose a new password for {{facility}}",
     "Hello,\n\n"
     "a new password was asked for on your account at {{facility}}. You can choose it "
     "here:\n\n"
     "{{link}}\n\n"
     "The link works once, until {{until}}. If this was not you, you need not do "
     "anything: your password stays as it is."},
    {"Stock at {{facility}}, {{date}}",
     "Hello,\n\n"
     "this needs your attention in the stock of {{facility}}:\n\n"
     "{{items}}"},
}};

constexpr Set german = {{
    {"Ihr Termin bei {{facility}} ist gebucht",
     "Guten Tag {{given_name}},\n\n"
     "Ihr Termin ist gebucht: {{date}}, {{time}} Uhr{{#doctor}}, bei "
     "{{doctor}}{{/doctor}}{{#department}} ({{department}}){{/department}}.\n\n"
     "Der Anhang trägt ihn in Ihren Kalender ein."},
    {"Ihr Termin bei {{facility}} wurde verschoben",
     "Guten Tag {{given_name}},\n\n"
     "Ihr Termin wurde verschoben. Neuer Termin: {{date}}, {{time}} Uhr{{#doctor}}, "
     "bei {{doctor}}{{/doctor}}{{#department}} ({{department}}){{/department}}.\n\n"
     "Der Anhang ändert den Eintrag in Ihrem Kalender."},
    {"Ihr Termin bei {{facility}} ist abgesagt",
     "Guten Tag {{given_name}},\n\n"
     "Ihr Termin am {{date}}, {{time}} Uhr{{#doctor}}, bei {{doctor}}{{/doctor}} ist "
     "abgesagt.\n\n"
     "Der Anhang entfernt ihn aus Ihrem Kalender."},
    {"Erinnerung an Ihren Termin bei {{facility}}",
     "Guten Tag {{given_name}},\n\n"
     "wir erwarten Sie: {{date}}, {{time}} Uhr{{#doctor}}, bei "
     "{{doctor}}{{/doctor}}{{#department}} ({{department}}){{/department}}.\n\n"
     "Wenn Sie nicht kommen können, sagen Sie uns bitte rechtzeitig "
     "Bescheid{{#phone}}: {{phone}}{{/phone}}."},
    {"Ihr Termin bei {{facility}} findet doch statt",
     "Guten Tag {{given_name}},\n\n"
     "Ihr Termin findet doch statt: {{date}}, {{time}} Uhr{{#doctor}}, bei "
     "{{doctor}}{{/doctor}}{{#department}} ({{department}}){{/department}}.\n\n"
     "Der Anhang trägt ihn wieder in Ihren Kalender ein."},
    {"Ein Rezept von {{facility}}",
     "Guten Tag {{given_name}},\n\n"
     "für Sie wurde ein Rezept ausgestellt{{#doctor}} von {{doctor}}{{/doctor}}: "
     "Nummer {{number}}, gültig bis {{expires_on}}.\n\n"
     "Wir schreiben Ihnen, sobald es abgeholt werden kann."},
    {"Zur Abholung bereit bei {{facility}}",
     "Guten Tag {{given_name}},\n\n"
     "was Ihnen verschrieben wurde (Nummer {{number}}), liegt in der Apotheke von "
     "{{facility}} bereit.\n\n"
     "Bitte holen Sie es bald ab; es wird nur begrenzte Zeit aufbewahrt."},
    {"Ausgehändigt bei {{facility}}",
     "Guten Tag {{given_name}},\n\n"
     "Arzneimittel zu Ihrem Rezept {{number}} wurden in der Apotheke von {{facility}} "
     "ausgehändigt.\n\n"
     "Falls Sie sie nicht abgeholt haben, sagen Sie uns bitte Bescheid{{#phone}}: "
     "{{phone}}{{/phone}}."},
    {"Bitte bestätigen Sie Ihre E-Mail-Adresse für {{facility}}",
     "Guten Tag,\n\n"
     "diese Adresse wurde für ein Konto bei {{facility}} angegeben. Bitte bestätigen "
     "Sie, dass es Ihre ist:\n\n"
     "{{link}}\n\n"
     "Der Link gilt einmal, bis {{until}}. Falls Sie das nicht waren, brauchen Sie "
     "nichts zu tun."},
    {"Ihre Einladung zu {{facility}}",
     "Guten Tag,\n\n"
     "{{facility}} lädt Sie zu einem eigenen Konto ein. Damit können Sie Termine "
     "buchen und Ihre Rezepte sehen. Bitte wählen Sie ein Passwort:\n\n"
     "{{link}}\n\n"
     "Der Link gilt einmal, bis {{until}}."},
    {"Neues Passwort für {{facility}} wählen",
     "Guten Tag,\n\n"
     "für Ihr Konto bei {{facility}} wurde ein neues Passwort angefordert. Hier können "
     "Sie es wählen:\n\n"
     "{{link}}\n\n"
     "Der Link gilt einmal, bis {{until}}. Falls Sie das nicht waren, brauchen Sie "
     "nichts zu tun: Ihr Passwort bleibt, wie es ist."},
    {"Lagerbestand bei {{facility}}, {{date}}",
     "Guten Tag,\n\n"
     "im Lager von {{facility}} braucht dies Ihre Aufmerksamkeit:\n\n"
     "{{items}}"},
}};

constexpr Set hindi = {{
    {"{{facility}} में आपका अपॉइंटमेंट बुक हो गया है",
     "नमस्ते {{given_name}},\n\n"
     "आपका अपॉइंटमेंट {{date}} को {{time}} बजे{{#doctor}} {{doctor}} के साथ{{/doctor}} "
     "बुक हो गया है{{#department}} ({{department}}){{/department}}।\n\n"
     "संलग्न प्रविष्टि इसे आपके कैलेंडर में जोड़ देगी।"},
    {"{{facility}} में आपके अपॉइंटमेंट का समय बदल गया है",
     "नमस्ते {{given_name}},\n\n"
     "आपके अपॉइंटमेंट का समय बदल गया है। अब यह {{date}} को {{time}} बजे{{#doctor}} "
     "{{doctor}} के साथ{{/doctor}} है{{#department}} ({{department}}){{/department}}।\n\n"
     "संलग्न प्रविष्टि आपके कैलेंडर को अपडेट कर देगी।"},
    {"{{facility}} में आपका अपॉइंटमेंट रद्द हो गया है",
     "नमस्ते {{given_name}},\n\n"
     "{{date}} को {{time}} बजे{{#doctor}} {{doctor}} के साथ{{/doctor}} आपका अपॉइंटमेंट "
     "रद्द कर दिया गया है।\n\n"
     "संलग्न प्रविष्टि इसे आपके कैलेंडर से हटा देगी।"},
    {"{{facility}} में आपके अपॉइंटमेंट की याद",
     "नमस्ते {{given_name}},\n\n"
     "{{date}} को {{time}} बजे{{#doctor}} {{doctor}} के साथ{{/doctor}} आपका अपॉइंटमेंट "
     "है{{#department}} ({{department}}){{/department}}।\n\n"
     "यदि आप नहीं आ सकते, तो कृपया समय रहते हमें बताएँ{{#phone}}: {{phone}}{{/phone}}।"},
    {"{{facility}} में आपका अपॉइंटमेंट अब होगा",
     "नमस्ते {{given_name}},\n\n"
     "आपका अपॉइंटमेंट अब होगा: {{date}} को {{time}} बजे{{#doctor}} {{doctor}} के "
     "साथ{{/doctor}}{{#department}} ({{department}}){{/department}}।\n\n"
     "संलग्न प्रविष्टि इसे फिर से आपके कैलेंडर में जोड़ देगी।"},
    {"{{facility}} से एक पर्चा",
     "नमस्ते {{given_name}},\n\n"
     "आपके लिए {{#doctor}}{{doctor}} द्वारा {{/doctor}}एक पर्चा जारी किया गया है: "
     "संख्या {{number}}, {{expires_on}} तक मान्य।\n\n"
     "तैयार होने पर हम आपको फिर लिखेंगे।"},
    {"{{facility}} में लेने के लिए तैयार",
     "नमस्ते {{given_name}},\n\n"
     "आपके पर्चे {{number}} की दवाएँ {{facility}} की फ़ार्मेसी में तैयार हैं।\n\n"
     "कृपया जल्दी ले जाएँ; इन्हें सीमित समय तक ही रखा जाता है।"},
    {"{{facility}} में दे दिया गया",
     "नमस्ते {{given_name}},\n\n"
     "आपके पर्चे {{number}} की दवाएँ {{facility}} की फ़ार्मेसी में दे दी गई हैं।\n\n"
     "यदि आपने इन्हें नहीं लिया है, तो कृपया हमें बताएँ{{#phone}}: "
     "{{phone}}{{/phone}}।"},
    {"कृपया {{facility}} के लिए अपने ई-मेल पते की पुष्टि करें",
     "नमस्ते,\n\n"
     "{{facility}} में एक खाते के लिए यह पता दिया गया है। कृपया पुष्टि करें कि यह आपका "
     "है:\n\n"
     "{{link}}\n\n"
     "यह लिंक {{until}} तक, केवल एक बार काम करेगा। यदि यह आपने नहीं किया, तो आपको कुछ "
     "करने की ज़रूरत नहीं है।"},
    {"{{facility}} का निमंत्रण",
     "नमस्ते,\n\n"
     "{{facility}} आपको अपना खाता बनाने के लिए आमंत्रित करता है। इसमें आप अपॉइंटमेंट "
     "बुक कर सकते हैं और अपने पर्चे देख सकते हैं। कृपया पासवर्ड चुनें:\n\n"
     "{{link}}\n\n"
     "यह लिंक {{until}} तक, केवल एक बार काम करेगा।"},
    {"{{facility}} के लिए नया पासवर्ड चुनें",
     "नमस्ते,\n\n"
     "{{facility}} में आपके खाते के लिए नया पासवर्ड माँगा गया है। इसे यहाँ चुनें:\n\n"
     "{{link}}\n\n"
     "यह लिंक {{until}} तक, केवल एक बार काम करेगा। यदि यह आपने नहीं किया, तो कुछ करने "
     "की ज़रूरत नहीं है: आपका पासवर्ड वैसा ही रहेगा।"},
    {"{{facility}} का स्टॉक, {{date}}",
     "नमस्ते,\n\n"
     "{{facility}} के स्टॉक में इन पर ध्यान दें:\n\n"
     "{{items}}"},
}};
constexpr Frame english_frame = {
    .footer =
        "{{facility}}{{#phone}} · {{phone}}{{/phone}}\n"
        "This message was sent automatically; please do not reply.",
    .calendar_title = "Visit at {{facility}}",
    .unsubscribe = "Send me no more reminders",
    .actions = {"Confirm address", "Choose a password", "Choose a new password"},
    .alerts = {"{{medicine}}: out of stock", "{{medicine}}: {{quantity}} left, minimum {{minimum}}",
               "{{medicine}}, lot {{lot}}: recalled",
               "{{medicine}}, lot {{lot}}: {{quantity}} expired, last day was {{expires_on}}",
               "{{medicine}}, lot {{lot}}: {{quantity}} usable until {{expires_on}}"},
    .more_alerts = "and more"};

constexpr Frame german_frame = {
    .footer =
        "{{facility}}{{#phone}} · {{phone}}{{/phone}}\n"
        "Diese Nachricht wurde automatisch gesendet; bitte antworten Sie nicht darauf.",
    .calendar_title = "Termin bei {{facility}}",
    .unsubscribe = "Keine Erinnerungen mehr senden",
    .actions = {"Adresse bestätigen", "Passwort wählen", "Neues Passwort wählen"},
    .alerts = {"{{medicine}}: nicht vorrätig",
               "{{medicine}}: noch {{quantity}}, Mindestbestand {{minimum}}",
               "{{medicine}}, Charge {{lot}}: zurückgerufen",
               "{{medicine}}, Charge {{lot}}: {{quantity}} abgelaufen, letzter Tag war "
               "{{expires_on}}",
               "{{medicine}}, Charge {{lot}}: {{quantity}} verwendbar bis {{expires_on}}"},
    .more_alerts = "und weitere"};

constexpr Frame hindi_frame = {
    .footer =
        "{{facility}}{{#phone}} · {{phone}}{{/phone}}\n"
        "यह संदेश अपने आप भेजा गया है; कृपया उत्तर न दें।",
    .calendar_title = "{{facility}} में अपॉइंटमेंट",
    .unsubscribe = "मुझे और याद न दिलाएँ",
    .actions = {"पते की पुष्टि करें", "पासवर्ड चुनें", "नया पासवर्ड चुनें"},
    .alerts = {"{{medicine}}: स्टॉक समाप्त", "{{medicine}}: {{quantity}} शेष, न्यूनतम {{minimum}}",
               "{{medicine}}, लॉट {{lot}}: वापस मँगाया गया",
               "{{medicine}}, लॉट {{lot}}: {{quantity}} की अवधि समाप्त, अंतिम दिन {{expires_on}}",
               "{{medicine}}, लॉट {{lot}}: {{quantity}}, {{expires_on}} तक उपयोग योग्य"},
    .more_alerts = "और अन्य"};

constexpr UnsubscribePage english_page = {
    "Reminders from {{facility}}",
    "Do you want {{facility}} to send you no more reminders of your visits?",
    "Send me no more reminders",
    "You will get no more reminders from {{facility}}. Other mails about your visits still come; "
    "in "
    "your preferences you can change both."};
constexpr UnsubscribePage german_page = {
    "Erinnerungen von {{facility}}",
    "Soll {{facility}} Ihnen keine Erinnerungen an Ihre Termine mehr senden?",
    "Keine Erinnerungen mehr senden",
    "Sie bekommen keine Erinnerungen von {{facility}} mehr. Andere Nachrichten zu Ihren Terminen "
    "kommen weiterhin; beides können Sie in Ihren Einstellungen ändern."};
constexpr UnsubscribePage hindi_page = {
    "{{facility}} के अनुस्मारक", "क्या आप चाहते हैं कि {{facility}} आपको अपॉइंटमेंट की याद न दिलाए?",
    "मुझे और याद न दिलाएँ",
    "{{facility}} से अब आपको याद नहीं दिलाई जाएगी। अपॉइंटमेंट के अन्य संदेश आते रहेंगे; दोनों को आप अपनी "
    "प्राथमिकताओं में बदल सकते हैं।"};

}  // namespace

Words words(domain::Template name, std::string_view language) {
  const auto index = static_cast<std::size_t>(name);
  if (language == "de") return german[index];
  if (language == "hi") return hindi[index];
  return english[index];
}

const Frame& frame(std::string_view language) {
  if (language == "de") return german_frame;
  return language == "hi" ? hindi_frame : english_frame;
}

const UnsubscribePage& unsubscribe_page(std::string_view language) {
  if (language == "de") return german_page;
  return language == "hi" ? hindi_page : english_page;
}

}  // namespace ambula::notification::mail
