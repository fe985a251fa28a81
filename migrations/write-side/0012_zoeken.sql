-- Indexes for the searches. What is no key of a search (kanaal, status, text, flags) only narrows what
-- a key found, and has none; actoren are few.

CREATE INDEX partijen_naam ON write_side.partijen
    (lower(COALESCE(naam, contactnaam->>'achternaam', contactnaam->>'voornaam')) text_pattern_ops);
CREATE INDEX partijen_naam_met_voorvoegsel ON write_side.partijen
    (lower((contactnaam->>'voorvoegselAchternaam') || ' ' || (contactnaam->>'achternaam'))
     text_pattern_ops);
CREATE INDEX partijen_bezoekadres ON write_side.partijen USING gin (bezoekadres jsonb_path_ops);
CREATE INDEX partijen_correspondentieadres ON write_side.partijen
    USING gin (correspondentieadres jsonb_path_ops);
CREATE INDEX partijen_werkte_voor ON write_side.partijen (werkte_voor_partij);

CREATE INDEX partij_identificatoren_object_id ON write_side.partij_identificatoren (object_id);
CREATE INDEX vertegenwoordigingen_vertegenwoordigde
    ON write_side.vertegenwoordigingen (vertegenwoordigde_partij);
CREATE INDEX digitale_adressen_adres ON write_side.digitale_adressen (lower(adres));

CREATE INDEX klantcontacten_plaatsgevonden ON write_side.klantcontacten (plaatsgevonden_op);
CREATE INDEX actor_klantcontacten_actor ON write_side.actor_klantcontacten (actor);
CREATE INDEX betrokkenen_naam ON write_side.betrokkenen
    (lower(COALESCE(contactnaam->>'achternaam', contactnaam->>'voornaam')) text_pattern_ops);
CREATE INDEX betrokkenen_naam_met_voorvoegsel ON write_side.betrokkenen
    (lower((contactnaam->>'voorvoegselAchternaam') || ' ' || (contactnaam->>'achternaam'))
     text_pattern_ops);
CREATE INDEX betrokkenen_organisatienaam ON write_side.betrokkenen
    (lower(organisatienaam) text_pattern_ops);
CREATE INDEX betrokkenen_bezoekadres ON write_side.betrokkenen
    USING gin (bezoekadres jsonb_path_ops);
CREATE INDEX betrokkenen_correspondentieadres ON write_side.betrokkenen
    USING gin (correspondentieadres jsonb_path_ops);
CREATE INDEX onderwerpobjecten_object_id ON write_side.onderwerpobjecten
    ((onderwerpobjectidentificator->>'objectId'));
CREATE INDEX onderwerpobjecten_eerder_klantcontact
    ON write_side.onderwerpobjecten (onderwerp_was_klantcontact);
CREATE INDEX bijlagen_object_id ON write_side.bijlagen ((bijlageidentificator->>'objectId'));

CREATE INDEX interne_taken_toegewezen ON write_side.interne_taken (toegewezen_op);
CREATE INDEX interne_taken_te_verwerken ON write_side.interne_taken (id)
    WHERE status = 'te_verwerken';
CREATE INDEX interne_taak_actoren_actor ON write_side.interne_taak_actoren (actor);
