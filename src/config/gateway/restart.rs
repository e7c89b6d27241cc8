//! What a running gateway can take over from an edited file, and what it cannot.

use super::Gateway;

impl Gateway {
    /// The settings that differ from `new` and need another process, by their names in the file.
    ///
    /// - `listen`, `admin`: the sockets are bound, and who reads knows the address.
    /// - `tls`, switched on or off: open connections speak as they began. Other files are taken over.
    /// - `domains`, `region`: the service is built with them, and signed requests to the old names are under way.
    /// - `sql`, `records`: another place is another watch and another client; what lies in a place may change always.
    /// - `cache`: the folder is claimed, and what is in it counted, when the process begins.
    /// - `connections`, `transformations`, `memory` of `limits`: permits are handed out and spilling pools sized.
    ///
    /// All else is read for each request: access points, credentials, master keys, limits in seconds.
    pub fn needs_restart(&self, new: &Self) -> Vec<&'static str> {
        // By name, so that a setting that is added cannot be forgotten here.
        let Self {
            file: _,
            listen,
            domains,
            region,
            admin,
            tls,
            sql,
            key: _,
            key_version: _,
            old_keys: _,
            cache,
            records,
            limits,
            access_points: _,
            credentials: _,
            files: _,
            notes: _,
        } = self;
        let place = |gateway: &Self| {
            let bucket = gateway.cache.bucket.as_ref();
            bucket.map(|bucket| bucket.place.clone())
        };
        let same_cache = cache.folder == new.cache.folder
            && cache.max_bytes == new.cache.max_bytes
            && place(self) == place(new);
        [
            ("listen", *listen == new.listen),
            ("admin", *admin == new.admin),
            ("tls", tls.is_some() == new.tls.is_some()),
            ("domains", *domains == new.domains),
            ("region", *region == new.region),
            ("sql", *sql == new.sql),
            ("records", *records == new.records),
            ("cache", same_cache),
            (
                "limits.connections",
                limits.connections == new.limits.connections,
            ),
            (
                "limits.transformations",
                limits.transformations == new.limits.transformations,
            ),
            ("limits.memory", limits.memory == new.limits.memory),
        ]
        .into_iter()
        .filter_map(|(name, same)| (!same).then_some(name))
        .collect()
    }
}
