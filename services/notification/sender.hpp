#pragma once

#include <functional>
#include <stop_token>
#include <string>

#include <ambula/db/session.hpp>

#include "notification/mail/render.hpp"
#include "notification/mail/smtp.hpp"

namespace ambula::notification {

/// How one mail leaves; smtp in a process, anything in a test.
using Transport = std::function<mail::Delivery(const mail::Envelope&, std::stop_token)>;

/// Sends what is due, one after another: claims (SENDING, committed), sends, records. Between the
/// server's 250 and the record the process may die; then the message stays SENDING, and whoever
/// finds its sender gone marks it UNCERTAIN. It is never sent again by itself [NOT-4].
class Sender {
 public:
  Sender(db::Options database, mail::Sender from, Transport transport, Clock clock,
         std::function<void()> committed);

  /// Makes messages of the reminders and digests that are due by the clock.
  void queue_due();
  /// One due message; false when there is none. Throws what the database throws.
  bool step(std::stop_token stop);
  /// Marks what dead senders had in hand; how many.
  int recover();
  /// Until stopped: recover, then step; `wait` when nothing is due.
  void run(std::stop_token stop, const std::function<void(std::stop_token)>& wait);

 private:
  struct Claimed {
    domain::Message message;
    domain::Facts facts;
    mail::Letter letter;
  };
  enum class Taken { nothing, settled, claimed };

  Taken take(Claimed& claimed);
  void record(domain::Message message, const mail::Delivery& delivery, std::stop_token stop);
  void save(db::Transaction& tx, domain::Message& message, const domain::Event& event);
  mail::Letter letter(db::Transaction& tx, const domain::Message& message);
  bool try_record(const domain::Message& message, const mail::Delivery& delivery);
  void keep_house();
  void look_at_clock();

  db::Session session_;
  mail::Sender from_;
  Transport transport_;
  Clock clock_;
  std::function<void()> committed_;
  Uuid id_{Uuid::make()};
  Instant next_house_{};
  Instant next_look_{};
};

}  // namespace ambula::notification
