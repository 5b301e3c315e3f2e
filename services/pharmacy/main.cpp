#include <ambula/service/run.hpp>

#include "pharmacy/definition.hpp"

int main(int argc, char** argv) {
  return ambula::service::run(argc, argv, ambula::pharmacy::definition());
}
