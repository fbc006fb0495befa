//! On inputs from a fixed seed and on the kept corpus. The same inputs each time.

#[test]
fn differential() {
    dorcas_properties::inputs::check("differential", dorcas_differential::differential, 500);
}
