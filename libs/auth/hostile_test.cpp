// Tokens that must be refused (ID-1, ID-2; the JWT row of the security page). Each differs from a
// token that is accepted in one thing only, so that it is refused for that thing.

#include <set>
#include <string>
#include <vector>

#include <ambula/auth/token.hpp>
#include <gtest/gtest.h>

#include "forge_test.hpp"

namespace hostile_test {

using ambula::ErrorKind;
using ambula::Instant;
using ambula::auth::make_jwks;
using ambula::auth::Signer;
using ambula::auth::Verifier;

const Instant now{std::chrono::seconds(1'800'000'000)};

const std::string good_payload =
    R"({"iss":"ambula","aud":"ambula","sub":"018f3c6e-0000-7000-8000-000000000001",)"
    R"("sid":"018f3c6e-0000-7000-8000-000000000002","login":"doc001",)"
    R"("mem":[{"f":"018f3c6e-0000-7000-8000-000000000003","r":["doctor"]}],)"
    R"("iat":1800000000,"exp":1800000300,"jti":"abc"})";

struct Hostile {
  std::string name;
  std::string token;
  std::string code{"invalid-token"};
};

class HostileTokens : public ::testing::Test {
 protected:
  std::string header(const std::string& more = "") const {
    return R"({"alg":"ES256","kid":")" + signer_.kid() + R"(","typ":"at+jwt")" + more + "}";
  }
  std::string header_alg(const std::string& alg) const {
    return forge::replaced(header(), R"("ES256")", alg);
  }
  std::string header_kid(const std::string& kid) const {
    return forge::replaced(header(), '"' + signer_.kid() + '"', kid);
  }
  std::string header_typ(const std::string& typ) const {
    return forge::replaced(header(), R"("at+jwt")", typ);
  }
  std::string good() const { return forge::es256(key_, header(), good_payload); }
  std::string with_header(const std::string& json) const {
    return forge::es256(key_, json, good_payload);
  }
  std::string with_payload(const std::string& json) const {
    return forge::es256(key_, header(), json);
  }
  std::string changed(std::string_view what, std::string_view with) const {
    return with_payload(forge::replaced(good_payload, what, with));
  }
  std::string with_exp(const std::string& exp) const { return changed("1800000300", exp); }
  std::string with_iat(const std::string& iat) const { return changed("1800000000", iat); }
  std::string with_signature(std::string_view signature) const {
    return forge::join(forge::signing_input(header(), good_payload), signature);
  }

  void refuse(const std::vector<Hostile>& tokens) {
    ASSERT_TRUE(verifier_.verify(good(), now))
        << "the honest token must pass, else nothing is proved";
    for (const auto& hostile : tokens) {
      SCOPED_TRACE(hostile.name);
      EXPECT_TRUE(names().insert(hostile.name).second) << "named twice";
      const auto answer = verifier_.verify(hostile.token, now);
      ASSERT_FALSE(answer);
      EXPECT_EQ(answer.error().kind, ErrorKind::unauthenticated);
      EXPECT_EQ(answer.error().code, hostile.code);
      // Asked again: a refusal must not have been cached as anything else.
      EXPECT_FALSE(verifier_.verify(hostile.token, now));
    }
  }

  /// All names refused in this run of the program, to count them at the end.
  static std::set<std::string>& names() {
    static std::set<std::string> all;
    return all;
  }

  std::string pem_ = Signer::generate_pem();
  forge::Key key_ = forge::key_of(pem_);
  Signer signer_ = std::move(Signer::from_pem(pem_)).value();
  Verifier verifier_ = std::move(Verifier::from_jwks(make_jwks({signer_.public_jwk()}))).value();
};

TEST_F(HostileTokens, AlgorithmNone) {
  const std::string signature_less = forge::signing_input(header_alg(R"("none")"), good_payload);
  refuse({
      {"none, no signature", signature_less + "."},
      {"none, no last dot", signature_less},
      {"none, honest signature", with_header(header_alg(R"("none")"))},
      {"None", with_header(header_alg(R"("None")"))},
      {"NONE", forge::signing_input(header_alg(R"("NONE")"), good_payload) + "."},
      {"nOnE", forge::signing_input(header_alg(R"("nOnE")"), good_payload) + "."},
      {"alg empty", with_header(header_alg(R"("")"))},
      {"alg null", with_header(header_alg("null"))},
      {"alg number", with_header(header_alg("256"))},
      {"alg list", with_header(header_alg(R"(["ES256"])"))},
      {"alg missing", with_header(forge::replaced(header(), R"("alg":"ES256",)", ""))},
  });
}

TEST_F(HostileTokens, OtherAlgorithms) {
  const auto hs256 = [&](const std::string& secret) {
    const std::string input = forge::signing_input(header_alg(R"("HS256")"), good_payload);
    return forge::join(input, forge::hmac(secret, input));
  };
  const auto rsa = forge::rsa_key();
  const std::string rs_input = forge::signing_input(header_alg(R"("RS256")"), good_payload);
  const auto p384 = forge::ec_key("P-384");
  const std::string es384_input = forge::signing_input(header_alg(R"("ES384")"), good_payload);
  const std::string hs_as_es = forge::signing_input(header(), good_payload);
  const std::string mac = forge::hmac(forge::public_pem(key_), hs_as_es);
  refuse({
      {"HS256 with the public PEM", hs256(forge::public_pem(key_))},
      {"HS256 with the public JWK", hs256(signer_.public_jwk())},
      {"HS256 with the kid", hs256(signer_.kid())},
      {"HS256 with the empty secret", hs256("")},
      {"MAC where the signature belongs", forge::join(hs_as_es, mac + mac)},
      {"RS256 header over an ES256 signature", with_header(header_alg(R"("RS256")"))},
      {"RS256 with an RSA key",
       forge::join(rs_input, forge::plain_signature(rsa, EVP_sha256(), rs_input))},
      {"ES256 header over an RSA signature",
       forge::join(hs_as_es, forge::plain_signature(rsa, EVP_sha256(), hs_as_es))},
      {"ES384 with a P-384 key",
       forge::join(es384_input, forge::raw_signature(
                                    forge::plain_signature(p384, EVP_sha384(), es384_input), 48))},
      {"ES384 with our key",
       forge::join(es384_input, forge::raw_signature(
                                    forge::plain_signature(key_, EVP_sha384(), es384_input), 32))},
      {"ES512 header", with_header(header_alg(R"("ES512")"))},
      {"PS256 header", with_header(header_alg(R"("PS256")"))},
      {"EdDSA header", with_header(header_alg(R"("EdDSA")"))},
      {"es256 in lower case", with_header(header_alg(R"("es256")"))},
      {"ES256 with a NUL", with_header(header_alg(R"("ES256\u0000")"))},
      {"ES256 with a space", with_header(header_alg(R"("ES256 ")"))},
  });
}

TEST_F(HostileTokens, KeysAndTheirNames) {
  const auto stranger = forge::ec_key("P-256");
  refuse({
      {"other key, same kid", forge::es256(stranger, header(), good_payload)},
      {"unknown kid", with_header(header_kid(R"("unknown")"))},
      {"kid as a path", with_header(header_kid(R"("../../../../dev/null")"))},
      {"kid as SQL", with_header(header_kid(R"("' UNION SELECT 'k' --")"))},
      {"kid as a URL", with_header(header_kid(R"("https://evil.example/key.json")"))},
      {"kid as a command", with_header(header_kid(R"("|/bin/true")"))},
      {"kid empty", with_header(header_kid(R"("")"))},
      {"kid with a NUL after it", with_header(header_kid('"' + signer_.kid() + R"(\u0000")"))},
      {"kid null", with_header(header_kid("null"))},
      {"kid a number", with_header(header_kid("1"))},
      {"kid an object", with_header(header_kid(R"({"a":1})"))},
      {"kid missing",
       with_header(forge::replaced(header(), R"("kid":")" + signer_.kid() + R"(",)", ""))},
      {"kid huge", with_header(header_kid('"' + std::string(1500, 'k') + '"'))},
  });
}

TEST_F(HostileTokens, HeaderMembers) {
  const auto attacker = std::move(Signer::from_pem(Signer::generate_pem())).value();
  const std::string jwk = attacker.public_jwk();
  refuse({
      {"jku", with_header(header(R"(,"jku":"https://evil.example/jwks.json")"))},
      {"x5u", with_header(header(R"(,"x5u":"https://evil.example/cert.pem")"))},
      {"x5c", with_header(header(R"(,"x5c":["MIIB"])"))},
      {"jwk", with_header(header(R"(,"jwk":)" + jwk))},
      {"crit unknown", with_header(header(R"(,"crit":["exp2"],"exp2":1)"))},
      {"crit empty", with_header(header(R"(,"crit":[])"))},
      {"b64 false", with_header(header(R"(,"crit":["b64"],"b64":false)"))},
      {"zip", with_header(header(R"(,"zip":"DEF")"))},
      {"cty nested token", with_header(header(R"(,"cty":"JWT")"))},
      {"p2c costly", with_header(header(R"(,"p2c":2147483647)"))},
      {"typ JWT", with_header(header_typ(R"("JWT")"))},
      {"typ of a refresh token", with_header(header_typ(R"("rt+jwt")"))},
      {"typ in capitals", with_header(header_typ(R"("AT+JWT")"))},
      {"typ missing", with_header(forge::replaced(header(), R"(,"typ":"at+jwt")", ""))},
      {"alg twice, none first",
       with_header(forge::replaced(header(), R"({)", R"({"alg":"none",)"))},
      {"alg twice, none last", with_header(header(R"(,"alg":"none")"))},
      {"alg twice, the same", with_header(header(R"(,"alg":"ES256")"))},
      {"alg escaped twice", with_header(header(R"(,"\u0061lg":"none")"))},
      {"kid twice", with_header(header(R"(,"kid":"other")"))},
      {"header a list", with_header("[" + header() + "]")},
      {"header a string", with_header(R"("ES256")")},
      {"header not JSON", with_header("{alg:ES256}")},
      {"header with trailing text", with_header(header() + "x")},
      {"header in UTF-16", with_header(std::string("\xFF\xFE{\0", 4))},
      {"header not UTF-8", with_header(header(",\"x\":\"\xC0\xAF\""))},
      {"header deep", with_header(header(R"(,"x":)" + std::string(400, '[')))},
      {"header deep and closed",
       with_header(header(R"(,"x":)" + std::string(400, '[') + std::string(400, ']')))},
  });
}

TEST_F(HostileTokens, IssuerAudienceAndIds) {
  refuse({
      {"iss missing", changed(R"("iss":"ambula",)", "")},
      {"iss wrong", changed(R"("iss":"ambula")", R"("iss":"ambula2")")},
      {"iss in capitals", changed(R"("iss":"ambula")", R"("iss":"Ambula")")},
      {"iss with a NUL", changed(R"("iss":"ambula")", R"("iss":"ambula\u0000")")},
      {"iss homoglyph", changed(R"("iss":"ambula")", R"("iss":"аmbula")")},
      {"iss a list", changed(R"("iss":"ambula")", R"("iss":["ambula"])")},
      {"aud missing", changed(R"("aud":"ambula",)", "")},
      {"aud wrong", changed(R"("aud":"ambula")", R"("aud":"other")")},
      {"aud empty", changed(R"("aud":"ambula")", R"("aud":"")")},
      {"aud empty list", changed(R"("aud":"ambula")", R"("aud":[])")},
      {"aud list with another", changed(R"("aud":"ambula")", R"("aud":["other","ambula"])")},
      {"sub missing", changed(R"("sub":"018f3c6e-0000-7000-8000-000000000001",)", "")},
      {"sub no UUID", changed("018f3c6e-0000-7000-8000-000000000001", "admin")},
      {"sub as SQL", changed("018f3c6e-0000-7000-8000-000000000001", "' OR 1=1 --")},
      {"sid missing", changed(R"("sid":"018f3c6e-0000-7000-8000-000000000002",)", "")},
      {"login missing", changed(R"("login":"doc001",)", "")},
      {"login with a line break", changed("doc001", R"(doc001\r\nX-Role: admin)")},
      {"jti missing", changed(R"(,"jti":"abc")", "")},
      {"did no UUID", changed(R"("iat")", R"("did":"x","iat")")},
      {"did null", changed(R"("iat")", R"("did":null,"iat")")},
      {"pid a number", changed(R"("iat")", R"("pid":7,"iat")")},
      {"mcp false", changed(R"("iat")", R"("mcp":false,"iat")")},
      {"mcp a word", changed(R"("iat")", R"("mcp":"no","iat")")},
  });
}

TEST_F(HostileTokens, Roles) {
  const std::string nil = "00000000-0000-0000-0000-000000000000";
  refuse({
      {"mem missing",
       changed(R"("mem":[{"f":"018f3c6e-0000-7000-8000-000000000003","r":["doctor"]}],)", "")},
      {"mem an object", changed(R"([{"f":"018f3c6e-0000-7000-8000-000000000003","r":["doctor"]}])",
                                R"({"f":"018f3c6e-0000-7000-8000-000000000003","r":["doctor"]})")},
      {"role unknown", changed("doctor", "root")},
      {"role in capitals", changed(R"("doctor")", R"("DOCTOR")")},
      {"role list empty", changed(R"(["doctor"])", "[]")},
      {"role no list", changed(R"(["doctor"])", R"("doctor")")},
      {"role a number", changed(R"("doctor")", "1")},
      {"role repeated", changed(R"("doctor")", R"("doctor","doctor")")},
      {"facility missing", changed(R"("f":"018f3c6e-0000-7000-8000-000000000003",)", "")},
      {"facility nil", changed("018f3c6e-0000-7000-8000-000000000003", nil)},
      {"facility empty", changed("018f3c6e-0000-7000-8000-000000000003", "")},
      {"membership with more", changed(R"("r":["doctor"])", R"("r":["doctor"],"x":1)")},
  });
}

TEST_F(HostileTokens, Times) {
  refuse({
      {"exp missing", changed(R"("exp":1800000300,)", "")},
      {"exp past", changed(R"(1800000000,"exp":1800000300)", R"(1799999000,"exp":1799999999)"),
       "token-expired"},
      {"exp now", changed(R"(1800000000,"exp":1800000300)", R"(1799999000,"exp":1800000000)"),
       "token-expired"},
      {"exp a string", with_exp(R"("1800000300")")},
      {"exp a float", with_exp("1800000300.0")},
      {"exp with exponent", with_exp("18e8")},
      {"exp 1e400", with_exp("1e400")},
      {"exp -1e400", with_exp("-1e400")},
      {"exp negative", with_exp("-1800000300")},
      {"exp zero", with_exp("0")},
      {"exp null", with_exp("null")},
      {"exp true", with_exp("true")},
      {"exp a list", with_exp("[1800000300]")},
      {"exp 2^63", with_exp("9223372036854775808")},
      {"exp 2^64", with_exp("18446744073709551616")},
      {"exp beyond all years", with_exp("9223372036854775807")},
      {"exp in milliseconds", with_exp("1800000300000")},
      {"exp octal", with_exp("01800000300")},
      {"exp hexadecimal", with_exp("0x6B49D32C")},
      {"exp NaN", with_exp("NaN")},
      {"exp Infinity", with_exp("Infinity")},
      {"exp before iat", with_exp("1799999999")},
      {"exp twice", changed(R"("exp":1800000300)", R"("exp":1800000300,"exp":4100000000)")},
      {"iat missing", changed(R"("iat":1800000000,)", "")},
      {"iat in the future", with_iat("1800000031")},
      {"iat a string", with_iat(R"("1800000000")")},
      {"iat a float", with_iat("1800000000.5")},
      {"nbf in the future", changed(R"("iat")", R"("nbf":1800000031,"iat")")},
      {"nbf a string", changed(R"("iat")", R"("nbf":"0","iat")")},
  });
}

TEST_F(HostileTokens, Signatures) {
  const std::string input = forge::signing_input(header(), good_payload);
  const std::string der = forge::plain_signature(key_, EVP_sha256(), input);
  const std::string raw = forge::raw_signature(der, 32);
  const std::string zero(32, '\0');
  const std::string order(
      "\xFF\xFF\xFF\xFF\x00\x00\x00\x00\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"
      "\xBC\xE6\xFA\xAD\xA7\x17\x9E\x84\xF3\xB9\xCA\xC2\xFC\x63\x25\x51",
      32);
  const std::string r = raw.substr(0, 32);
  const std::string s = raw.substr(32);
  ASSERT_TRUE(verifier_.verify(with_signature(raw), now));
  refuse({
      {"signature empty", input + "."},
      {"signature missing", input},
      {"zero r and s", with_signature(zero + zero)},
      {"zero r", with_signature(zero + s)},
      {"zero s", with_signature(r + zero)},
      {"r and s the order", with_signature(order + order)},
      {"s the order", with_signature(r + order)},
      {"r and s all ones", with_signature(std::string(64, '\xFF'))},
      {"r and s one",
       with_signature(std::string(31, '\0') + "\x01" + std::string(31, '\0') + "\x01")},
      {"DER instead of raw", with_signature(der)},
      {"truncated by a byte", with_signature(raw.substr(0, 63))},
      {"truncated by half", with_signature(r)},
      {"longer by a byte", with_signature(raw + std::string(1, '\0'))},
      {"each number longer by a zero",
       with_signature(std::string(1, '\0') + r + std::string(1, '\0') + s)},
      {"swapped", with_signature(s + r)},
      {"signature of another payload",
       forge::replaced(with_signature(raw), "." + ambula::base64url_encode(good_payload) + ".",
                       "." +
                           ambula::base64url_encode(
                               forge::replaced(good_payload, R"("doctor")", R"("admin")")) +
                           ".")},
      {"signed with SHA-384",
       with_signature(forge::raw_signature(forge::plain_signature(key_, EVP_sha384(), input), 32))},
      {"signature over the payload only",
       with_signature(
           forge::raw_signature(forge::plain_signature(key_, EVP_sha256(), good_payload), 32))},
  });
}

TEST_F(HostileTokens, Spelling) {
  const std::string token = good();
  const auto dot = token.find('.');
  const auto last_dot = token.rfind('.');
  const std::string head = token.substr(0, dot);
  const std::string body = token.substr(dot + 1, last_dot - dot - 1);
  // The last character of a 64-byte signature has four unused bits: 16 spellings, one of them
  // canonical.
  std::string other_spelling = token;
  ASSERT_NE(std::string("AQgw").find(token.back()), std::string::npos);
  other_spelling.back() = static_cast<char>(token.back() + 1);
  std::string standard_alphabet = token;
  for (char& c : standard_alphabet)
    c = c == '-' ? '+' : c == '_' ? '/' : c;
  ASSERT_TRUE(verifier_.verify(token, now));
  refuse({
      {"nothing", ""},
      {"one dot", "."},
      {"two dots", ".."},
      {"three dots", "..."},
      {"extra segment", token + ".AAAA"},
      {"extra empty segment", token + "."},
      {"five segments of a JWE", "a.b.c.d.e"},
      {"leading dot", "." + token},
      {"padding at the end", token + "=="},
      {"padding in the header", head + "=" + token.substr(dot)},
      {"padding in the payload, signed", forge::es256_segments(key_, head, body + "=")},
      {"space before", " " + token},
      {"space after", token + " "},
      {"line break after", token + "\n"},
      {"line break inside", token.substr(0, 40) + "\r\n" + token.substr(40)},
      {"tab inside", token.substr(0, 40) + "\t" + token.substr(40)},
      {"NUL after", token + std::string(1, '\0')},
      {"NUL inside", token.substr(0, dot) + std::string(1, '\0') + token.substr(dot)},
      {"with its scheme", "Bearer " + token},
      {"in quotes", '"' + token + '"'},
      {"two tokens", token + "," + token},
      {"signature spelled otherwise", other_spelling},
      {"standard alphabet, signed", forge::es256_segments(key_, head + "+", body)},
      {"header spelled otherwise, signed", forge::es256_segments(key_, head + "A", body)},
      {"zero-width space", token + "\xE2\x80\x8B"},
      {"full-width dots", forge::replaced(token, ".", "\xEF\xBC\x8E")},
      {"byte order mark", "\xEF\xBB\xBF" + token},
      {"refresh token", "dGhpcyBpcyBhbiBvcGFxdWUgcmVmcmVzaCB0b2tlbg"},
      {"JSON serialization",
       R"({"payload":")" + body + R"(","protected":")" + head + R"(","signature":"AA"})"},
      {"only letters", std::string(4096, 'A')},
      {"only dots", std::string(4096, '.')},
      {"4097 bytes",
       with_payload(forge::replaced(good_payload, "}]", "}]" + std::string(2800, ' ')))},
      {"a mebibyte", std::string(1 << 20, 'A')},
      {"upper case",
       [&] {
         std::string upper = token;
         for (char& c : upper)
           c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
         return upper;
       }()},
  });
  EXPECT_TRUE(standard_alphabet == token || !verifier_.verify(standard_alphabet, now));
}

TEST_F(HostileTokens, Payloads) {
  refuse({
      {"payload empty", with_payload("")},
      {"payload empty object", with_payload("{}")},
      {"payload null", with_payload("null")},
      {"payload a list", with_payload("[" + good_payload + "]")},
      {"payload a string", with_payload(R"("ambula")")},
      {"payload cut", with_payload(good_payload.substr(0, good_payload.size() - 1))},
      {"payload with trailing text", with_payload(good_payload + "{}")},
      {"payload not UTF-8", changed("doc001", "doc\xFF")},
      {"payload with an overlong slash", changed("doc001", "doc\xC0\xAF")},
      {"payload with half a surrogate", changed("doc001", R"(doc\ud800)")},
      {"payload with a comment", changed(R"("iat")", R"(/**/"iat")")},
      {"payload deep", changed(R"("iat")", R"("x":)" + std::string(1000, '['))},
      {"payload deep and closed", changed(R"("iat")", R"("x":)" + std::string(1000, '[') +
                                                          std::string(1000, ']') + R"(,"iat")")},
      {"sub twice", changed(R"("iat")", R"("sub":"018f3c6e-0000-7000-8000-000000000009","iat")")},
      {"mem twice", changed(R"("iat")", R"("mem":[{"f":null,"r":["installation_admin"]}],"iat")")},
      {"mem escaped twice",
       changed(R"("iat")", R"("\u006dem":[{"f":null,"r":["installation_admin"]}],"iat")")},
  });
}

/// Whatever single character of a token is changed, it is refused: no second spelling, no slack
/// bit.
TEST_F(HostileTokens, AnyCharacterChanged) {
  const std::string token = good();
  ASSERT_TRUE(verifier_.verify(token, now));
  for (std::size_t at = 0; at < token.size(); ++at) {
    for (const char other : {'A', 'z', '_', '.', '=', '\n'}) {
      if (token[at] == other) continue;
      std::string forged = token;
      forged[at] = other;
      ASSERT_FALSE(verifier_.verify(forged, now)) << "position " << at;
    }
    ASSERT_FALSE(verifier_.verify(token.substr(0, at), now)) << "cut at " << at;
  }
}

/// ES256 knows no rule of a low s (RFC 7518 §3.4), so n − s verifies as well. That is harmless
/// here: a token is known by its claims, a cached twin says the same, and revocation goes by
/// session, not by bytes.
TEST_F(HostileTokens, MalleatedSignatureSaysTheSame) {
  const std::string input = forge::signing_input(header(), good_payload);
  const std::string der = forge::plain_signature(key_, EVP_sha256(), input);
  const auto first = verifier_.verify(forge::join(input, forge::raw_signature(der, 32)), now);
  const auto twin = verifier_.verify(forge::join(input, forge::raw_signature(der, 32, true)), now);
  ASSERT_TRUE(first);
  ASSERT_TRUE(twin);
  EXPECT_EQ(*first, *twin);
}

TEST_F(HostileTokens, ThereAreEnough) {
  if (names().empty()) GTEST_SKIP() << "run alone";
  RecordProperty("hostile_tokens", static_cast<int>(names().size()));
  EXPECT_GE(names().size(), 45U);
}

}  // namespace hostile_test
