//! A migration that is added must reach the program: `migrate!` reads the folder when it compiles.

fn main() {
    println!("cargo:rerun-if-changed=../migrations/logboek");
}
