//! PostGraphile over the same data: over the read tables, and over the register's.

use std::path::Path;

use super::ReadError;
use super::load::Target;
use super::process::Server;
use super::turns::Side;
use super::world::World;

/// Both, each a process with two workers.
pub(super) struct PostGraphile {
    read: Server,
    register: Server,
}

impl PostGraphile {
    pub(super) const READ: &'static str = "PostGraphile, read tables";
    pub(super) const REGISTER: &'static str = "PostGraphile, register";

    /// Installs it and starts both.
    pub(super) async fn start(
        _world: &World,
        _from: &Path,
        _dir: &Path,
    ) -> Result<Self, ReadError> {
        Err(ReadError::Nothing("PostGraphile"))
    }

    /// Whether both give as many contacts as the floor.
    pub(super) async fn check(&self, _floor: &Target, _keys: &[String]) -> Result<(), ReadError> {
        Ok(())
    }

    /// Both sides with the questions for these klanten.
    pub(super) fn sides(&self, _keys: &[String]) -> Vec<Side<'_>> {
        let _ = (&self.read, &self.register);
        Vec::new()
    }
}
