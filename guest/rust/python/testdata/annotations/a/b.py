# gazelle:include_pytest_conftest perhaps
