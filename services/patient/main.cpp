#include <ambula/service/run.hpp>

#include "patient/definition.hpp"

int main(int argc, char** argv) {
  return ambula::service::run(argc, argv, ambula::patient::definition());
}
