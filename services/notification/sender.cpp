#include "sender.hpp"

#include <condition_variable>
#include <exception>
#include <mutex>
#include <random>

#include <ambula/observability/log.hpp>
#include <ambula/observability/metrics.hpp>
#include <ambula/outbox/crash_point.hpp>

#include "notification/events/codec.hpp"
#include "notification/store/due.hpp"
#include "notification/store/messages.hpp"
#include "notification/store/reminders.hpp"
#include "notification/store/wordings.hpp"

namespace ambula::notification {
namespace {

using namespace std::chrono_literals;

constexpr auto house_interval = 10s;
constexpr auto look_interval = 1s;
constexpr auto trouble_pause = 1s;

double jitter() {
  thread_local std::mt19937_64 random{std::random_device{}()};
  return std::uniform_real_distribution<double>(0, 1)(random);
}

void pause(std::stop_token stop, std::chrono::milliseconds limit) {
  std::mutex mutex;
  std::condition_variable_any condition;
  std::unique_lock lock(mutex);
  condition.wait_for(lock, stop, limit, [] { return false; });
}

metrics::Counter messages_total(std::string_view template_name, std::string_view result) {
  return metrics::counter("email_messages_total", "Messages by template and what became of them.",
                          {{"template", template_name}, {"result", result}});
}

/// At nothing from the start: the first of a kind is an increase, too.
void begin_counting() {
  using enum domain::Status;
  for (const auto name : domain::template_names()) {
    for (const auto result : {sent, uncertain, retrying, failed, suppressed})
      (void)messages_total(name, to_string(result));
  }
}

void count(const domain::Message& message, const domain::Event& event) {
  messages_total(to_string(message.template_name), to_string(message.status)).add();
  if (event.kind == domain::EventKind::retrying) {
    metrics::counter("email_retries_total", "Mails that are tried again, by what the server said.",
                     {{"reason", event.reason}})
        .add();
  }
  if (event.kind != domain::EventKind::sent) return;
  const auto took = std::chrono::duration<double>(message.updated_at - message.created_at);
  metrics::histogram("email_delivery_duration_seconds",
                     "From the fact's arrival to the mail server's 250.", metrics::event_seconds())
      .observe(took.count());
}

std::string message_id(const domain::Message& message, const mail::Mailbox& from) {
  return message.id.str() + from.address.substr(from.address.find('@'));
}

}  // namespace

Sender::Sender(db::Options database, mail::Sender from, Transport transport, Clock clock,
               std::function<void()> committed)
    : session_(std::move(database)),
      from_(std::move(from)),
      transport_(std::move(transport)),
      clock_(std::move(clock)),
      committed_(std::move(committed)) {
  begin_counting();
}

void Sender::save(db::Transaction& tx, domain::Message& message, const domain::Event& event) {
  evolve(message, event, clock_());
  message.updated_by = Uuid{};
  // Reminders and digests are caused by the clock: their event_id is nobody's event.
  const bool by_fact = message.template_name != domain::Template::appointment_reminder &&
                       message.template_name != domain::Template::stock_digest;
  outbox::Events events(
      outbox::Cause{.actor_id = {},
                    .causation_id = by_fact ? std::optional(message.event_id) : std::nullopt,
                    .traceparent = {}});
  if (is_published(event.kind)) events.add(to_string(event.kind), events::encode_message(message));
  message.version = store::save(tx, message, event, events);
}

mail::Letter Sender::letter(db::Transaction& tx, const domain::Message& message) {
  mail::Letter letter;
  letter.wording = mail::our_wording(message.template_name, message.language);
  if (const auto own =
          store::wording(tx, message.facility_id, message.template_name, message.language)) {
    letter.wording = *own;
  }
  if (message.template_name == domain::Template::appointment_reminder) {
    const auto token = store::unsubscription_token(tx, *message.patient_id, message.facility_id);
    letter.unsubscribe_url = from_.public_url + "/v1/unsubscribe/" + token.str();
  }
  return letter;
}

void Sender::queue_due() {
  int queued = 0;
  do {
    const auto done = session_.transact(
        [&](db::Transaction& tx) -> Result<int> { return store::queue_reminders(tx, clock_()); });
    queued = done ? *done : 0;
  } while (queued > 0);
  bool digest = true;
  while (digest) {
    const auto done = session_.transact(
        [&](db::Transaction& tx) -> Result<bool> { return store::queue_digest(tx, clock_()); });
    digest = done && *done;
  }
}

Sender::Taken Sender::take(Claimed& claimed) {
  std::optional<domain::Event> last;
  const auto taken = session_.transact([&](db::Transaction& tx) -> Result<Taken> {
    last.reset();
    const auto now = clock_();
    auto message = store::lock_due(tx, now);
    if (!message) return Taken::nothing;
    claimed.facts = store::facts(tx, *message);
    const auto decision = decide(*message, domain::Claim{claimed.facts, id_, now});
    if (!decision) return decision.error();
    const auto& event = decision->front();
    if (event.kind == domain::EventKind::postponed) {
      evolve(*message, event, now);
      store::postpone(tx, *message);
    } else {
      save(tx, *message, event);
      last = event;
    }
    if (event.kind == domain::EventKind::claimed) claimed.letter = letter(tx, *message);
    claimed.message = std::move(*message);
    return event.kind == domain::EventKind::claimed ? Taken::claimed : Taken::settled;
  });
  if (!taken) return Taken::nothing;
  if (last && *taken == Taken::settled) {
    count(claimed.message, *last);
    committed_();
  }
  return *taken;
}

bool Sender::try_record(const domain::Message& claimed, const mail::Delivery& delivery) {
  std::optional<domain::Event> last;
  domain::Message message;
  try {
    (void)session_.transact([&](db::Transaction& tx) -> Result<bool> {
      last.reset();
      auto locked = store::lock(tx, claimed.facility_id, claimed.id);
      if (!locked || locked->claimed_by != claimed.claimed_by)
        return false;  // marked by another sender meanwhile
      const auto decision =
          decide(*locked, domain::Record{delivery.outcome, delivery.reason, clock_(), jitter()});
      if (!decision) return decision.error();
      save(tx, *locked, decision->front());
      last = decision->front();
      message = std::move(*locked);
      return true;
    });
  } catch (const db::Unavailable&) {
    return false;
  } catch (const db::StatementFailed&) {
    return false;  // as when a resend holds the row for too long
  }
  if (last) {
    count(message, *last);
    committed_();
  }
  return true;
}

/// The outcome is kept until the database takes it. At a stop the message is left SENDING:
/// uncertain to the next sender.
void Sender::record(domain::Message message, const mail::Delivery& delivery, std::stop_token stop) {
  while (!try_record(message, delivery)) {
    if (stop.stop_requested()) return;
    pause(stop, trouble_pause);
  }
}

bool Sender::step(std::stop_token stop) {
  if (!store::hold_sender(session_, id_)) return false;
  Claimed claimed;
  const auto taken = take(claimed);
  if (taken != Taken::claimed) return taken == Taken::settled;
  const auto& message = claimed.message;
  const auto content = render(message, claimed.facts, from_, claimed.letter);
  const mail::Headers headers{from_.from, address_of(claimed.facts).value(),
                              message_id(message, from_.from), clock_()};
  const auto delivery =
      transport_({from_.from.address, headers.to, compose(headers, content)}, stop);
  if (delivery.outcome == domain::Outcome::sent) {
    outbox::crash_point("mail-after-250");
  } else {
    metrics::counter("smtp_session_errors_total",
                     "Mail sessions that did not end in 250, by stage.",
                     {{"stage", delivery.stage}})
        .add();
    log::warn("mail_not_sent",
              {{"message_id", message.id}, {"reason", delivery.reason}, {"stage", delivery.stage}});
  }
  record(message, delivery, stop);
  return true;
}

int Sender::recover() {
  int marked = 0;
  for (const auto& other : store::other_senders(session_, id_)) {
    const auto done = session_.transact([&](db::Transaction& tx) -> Result<int> {
      int here = 0;
      if (!store::is_gone(tx, other)) return here;
      for (auto& message : store::lock_of_sender(tx, other)) {
        for (const auto& event : react(message, domain::SenderDied{})) {
          save(tx, message, event);
          ++here;
        }
      }
      return here;
    });
    if (done) marked += *done;
  }
  if (marked > 0) {
    log::warn("mail_uncertain_after_crash", {{"messages", marked}});
    committed_();
  }
  return marked;
}

void Sender::keep_house() {
  const auto now = clock_();
  if (now < next_house_) return;
  next_house_ = now + house_interval;
  recover();
  metrics::gauge("email_oldest_queued_age_seconds",
                 "How long the mail that waits longest is overdue.")
      .set(store::oldest_due_age_s(session_, now));
  const auto counts = store::count(session_);
  for (const auto status :
       {domain::Status::queued, domain::Status::sending, domain::Status::retrying,
        domain::Status::failed, domain::Status::uncertain}) {
    const auto found = counts.find(status);
    metrics::gauge("email_queue_messages", "Messages in this state.",
                   {{"state", to_string(status)}})
        .set(found == counts.end() ? 0 : found->second);
  }
}

void Sender::look_at_clock() {
  const auto now = clock_();
  if (now < next_look_) return;
  next_look_ = now + look_interval;
  queue_due();
}

void Sender::run(std::stop_token stop, const std::function<void(std::stop_token)>& wait) {
  while (!stop.stop_requested()) {
    try {
      keep_house();
      look_at_clock();
      if (!step(stop)) wait(stop);
    } catch (const db::Unavailable&) {
      pause(stop, trouble_pause);
    } catch (const db::StatementFailed& failed) {
      log::error("mail_sender_failed",
                 {{"statement", failed.statement}, {"sqlstate", failed.sqlstate}});
      pause(stop, trouble_pause);
    }
  }
}

}  // namespace ambula::notification
