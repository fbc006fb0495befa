class App : public Application {
 public:
  int main(const std::vector<std::string>& args) override {
    return 0;
  }
};
