SELECT json_build_object('klantbeeld', (
  SELECT json_build_object(
    'klant', json_build_object('klantId', k.partij_id, 'klantnummer', k.nummer,
      'weergavenaam', d.weergavenaam, 'magBenaderdWorden', d.mag_benaderd_worden,
      'afgeschermd', d.afgeschermd),
    'telefoonnummers', (SELECT coalesce(json_agg(json_build_object('waarde', a.waarde,
        'omschrijving', a.omschrijving, 'isVoorkeur', a.is_voorkeur)), '[]')
      FROM json_to_recordset(d.telefoonnummers)
           AS a (waarde text, omschrijving text, is_voorkeur boolean)),
    'emailadressen', (SELECT coalesce(json_agg(json_build_object('waarde', a.waarde,
        'omschrijving', a.omschrijving, 'isVoorkeur', a.is_voorkeur)), '[]')
      FROM json_to_recordset(d.emailadressen)
           AS a (waarde text, omschrijving text, is_voorkeur boolean)),
    'samenvatting', json_build_object('aantalContacten', k.aantal_contacten,
      'laatsteContactOp', k.laatste_contact_op,
      'openContactverzoeken', k.aantal_open_contactverzoeken),
    'recenteContacten', (SELECT json_build_object(
        'nodes', coalesce(json_agg(json_build_object('contactId', c.klantcontact_id,
          'nummer', c.nummer, 'op', c.op, 'kanaal', c.kanaal, 'richting', upper(c.richting),
          'onderwerp', c.onderwerp, 'samenvatting', c.samenvatting, 'antwoord', c.antwoord,
          'medewerker', m.medewerker, 'team', m.team)
          ORDER BY r.nr) FILTER (WHERE r.nr <= 20), '[]'),
        'pageInfo', json_build_object('hasNextPage', count(*) > 20))
      FROM (SELECT document, row_number() OVER (ORDER BY op DESC, klantcontact_id DESC) AS nr
            FROM read_side.klant_contacten WHERE partij_id = k.partij_id
            ORDER BY op DESC, klantcontact_id DESC LIMIT 21) r
      CROSS JOIN LATERAL json_to_record(r.document) AS c (klantcontact_id uuid, nummer text,
        op text, kanaal text, richting text, onderwerp text, samenvatting text,
        antwoord text, actoren json)
      CROSS JOIN LATERAL (SELECT
          (array_agg(h.naam ORDER BY e.nr) FILTER (WHERE h.soort = 'medewerker'))[1] AS medewerker,
          (array_agg(h.naam ORDER BY e.nr)
             FILTER (WHERE h.soort = 'organisatorische_eenheid'))[1] AS team
        FROM json_array_elements_text(c.actoren) WITH ORDINALITY AS e (id, nr)
        JOIN read_side.actoren a ON a.actor_id = e.id::uuid
        JOIN read_side.actoren h ON h.actor_id = a.hoofd) m),
    'openContactverzoeken', (SELECT json_build_object(
        'nodes', coalesce(json_agg(json_build_object('taakId', t.taak_id, 'nummer', t.nummer,
          'gevraagdeHandeling', t.gevraagde_handeling, 'onderwerp', v.onderwerp,
          'status', CASE WHEN t.open THEN 'OPEN' ELSE 'AFGEROND' END,
          'streefdatum', t.streefdatum,
          'urgentie', CASE WHEN NOT t.open THEN NULL
            WHEN t.streefdatum::timestamptz < now() THEN 'VERLOPEN'
            WHEN t.streefdatum::timestamptz < $2 THEN 'DRINGEND' ELSE 'NORMAAL' END,
          'behandelaars', m.behandelaars, 'teams', m.teams) ORDER BY v.nr) FILTER (WHERE v.nr <= 10), '[]'),
        'pageInfo', json_build_object('hasNextPage', k.aantal_open_contactverzoeken > 10))
      FROM (SELECT e.value -> 'taak' AS taak, e.value ->> 'onderwerp' AS onderwerp, e.nr
            FROM json_array_elements(k.open_contactverzoeken) WITH ORDINALITY AS e (value, nr)) v
      CROSS JOIN LATERAL json_to_record(v.taak) AS t (taak_id uuid, nummer text,
        gevraagde_handeling text, open boolean, streefdatum text, actoren json)
      CROSS JOIN LATERAL (SELECT
          coalesce(json_agg(json_build_object('naam', h.naam) ORDER BY e.nr)
            FILTER (WHERE h.soort = 'medewerker'), '[]') AS behandelaars,
          coalesce(json_agg(json_build_object('naam', h.naam) ORDER BY e.nr)
            FILTER (WHERE h.soort = 'organisatorische_eenheid'), '[]') AS teams
        FROM json_array_elements_text(t.actoren) WITH ORDINALITY AS e (id, nr)
        JOIN read_side.actoren a ON a.actor_id = e.id::uuid
        JOIN read_side.actoren h ON h.actor_id = a.hoofd) m),
    'actualiteit', (SELECT json_build_object('volledig',
        geparkeerd = 0 AND now() - bijgewerkt_tot <= interval '5 seconds')
      FROM read_side.actualiteit WHERE product = 'klantbeeld'))
  FROM read_side.klanten k
  CROSS JOIN LATERAL json_to_record(k.document) AS d (weergavenaam text,
    mag_benaderd_worden boolean, afgeschermd boolean, telefoonnummers json, emailadressen json)
  WHERE k.partij_id = $1))
