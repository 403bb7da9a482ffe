<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>SarOpticalAlign</name>
    <message>
        <location filename="../../plugin/reviewing/snapper.py"/>
        <source> (Ctrl: place it freely)</source>
        <translation> (Strg: frei setzen)</translation>
    </message>
    <message>
        <location filename="../../plugin/reviewing/point_maker.py"/>
        <source> The ring is the proposal, Enter takes it.</source>
        <translation> Der Ring ist der Vorschlag, Enter übernimmt ihn.</translation>
    </message>
    <message>
        <location filename="../../ui/parts/adapt_menu.py"/>
        <source>&amp;Adapt</source>
        <translation>&amp;Nachlernen</translation>
    </message>
    <message>
        <location filename="../../ui/parts/adapt_menu.py"/>
        <source>&amp;Cancel</source>
        <translation>Abbre&amp;chen</translation>
    </message>
    <message>
        <location filename="../../ui/panels/explain_dialog.py"/>
        <source>&amp;Close</source>
        <translation>S&amp;chließen</translation>
    </message>
    <message>
        <location filename="../../ui/settings_page.py"/>
        <source>&amp;Copy</source>
        <translation>&amp;Kopieren</translation>
    </message>
    <message>
        <location filename="../../ui/panels/match_panel.py"/>
        <source>&amp;Find tie points</source>
        <translation>&amp;Verknüpfungspunkte suchen</translation>
    </message>
    <message>
        <location filename="../../ui/settings_page.py"/>
        <source>&amp;Forget</source>
        <translation>&amp;Vergessen</translation>
    </message>
    <message>
        <location filename="../../ui/panels/explain_dialog.py"/>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <location filename="../../ui/settings_page.py"/>
        <source>&amp;Interpreter</source>
        <translation>&amp;Interpreter</translation>
    </message>
    <message>
        <location filename="../../ui/panels/accuracy_panel.py"/>
        <source>&amp;Look azimuth</source>
        <translation>&amp;Blickazimut</translation>
    </message>
    <message>
        <location filename="../../ui/settings_page.py"/>
        <source>&amp;Managed environment (recommended)</source>
        <translation>Ver&amp;waltete Umgebung (empfohlen)</translation>
    </message>
    <message>
        <location filename="../../ui/panels/match_panel.py"/>
        <source>&amp;Matcher</source>
        <translation>&amp;Matcher</translation>
    </message>
    <message>
        <location filename="../../ui/panels/match_panel.py"/>
        <source>&amp;Reference</source>
        <translation>&amp;Referenz</translation>
    </message>
    <message>
        <location filename="../../ui/settings_page.py"/>
        <source>&amp;Restore defaults</source>
        <translation>&amp;Vorgaben wiederherstellen</translation>
    </message>
    <message>
        <location filename="../../ui/panels/explain_dialog.py"/>
        <source>&amp;Save …</source>
        <translation>&amp;Speichern …</translation>
    </message>
    <message>
        <location filename="../../ui/panels/match_panel.py"/>
        <source>&amp;Sensed</source>
        <translation>&amp;Suchbild</translation>
    </message>
    <message>
        <location filename="../../ui/parts/adapt_menu.py"/>
        <source>&amp;Train for</source>
        <translation>&amp;Dauer</translation>
    </message>
    <message>
        <location filename="../../ui/panels/warp_panel.py"/>
        <source>&amp;Warp</source>
        <translation>&amp;Entzerren</translation>
    </message>
    <message>
        <location filename="../../ui/dock.py"/>
        <source>1 Match</source>
        <translation>1 Suche</translation>
    </message>
    <message>
        <location filename="../../ui/dock.py"/>
        <source>2 Review</source>
        <translation>2 Prüfen</translation>
    </message>
    <message>
        <location filename="../../ui/views/heatmap.py"/>
        <source>2nd {0:.2f}</source>
        <translation>2. {0:.2f}</translation>
    </message>
    <message>
        <location filename="../../ui/dock.py"/>
        <source>3 Accuracy</source>
        <translation>3 Güte</translation>
    </message>
    <message>
        <location filename="../../ui/dock.py"/>
        <source>4 Warp</source>
        <translation>4 Entzerren</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>8-bit SAR: its histogram looks like {0}. Confirm it, or choose under Advanced.</source>
        <translation>8-Bit-SAR: Das Histogramm sieht nach {0} aus. Bestätigen oder unter Erweitert wählen.</translation>
    </message>
    <message>
        <location filename="../../ui/panels/match_panel.py"/>
        <source>&lt;b&gt;Adapt&lt;/b&gt;&lt;br&gt;Train the network on this scene, from the points of the review; discard what was adapted</source>
        <translation>&lt;b&gt;Nachlernen&lt;/b&gt;&lt;br&gt;Das Netz auf dieser Szene nachlernen lassen, aus den Punkten der Prüfung; Nachgelerntes verwerfen</translation>
    </message>
    <message>
        <location filename="../../ui/views/advisor_table.py"/>
        <source>&lt;b&gt;CE90&lt;/b&gt; [px]: 90 % of the leave-one-out errors &amp;radic;(dx&amp;sup2; + dy&amp;sup2;) are shorter.</source>
        <translation>&lt;b&gt;CE90&lt;/b&gt; [px]: 90 % der Leave-one-out-Fehler &amp;radic;(dx&amp;sup2; + dy&amp;sup2;) sind kürzer.</translation>
    </message>
    <message>
        <location filename="../../ui/panels/quality_panel.py"/>
        <source>&lt;b&gt;CE90&lt;/b&gt;: 90 % of the leave-one-out errors &amp;radic;(dx&amp;sup2; + dy&amp;sup2;) are shorter than this.</source>
        <translation>&lt;b&gt;CE90&lt;/b&gt;: 90 % der Leave-one-out-Fehler &amp;radic;(dx&amp;sup2; + dy&amp;sup2;) sind kürzer.</translation>
    </message>
    <message>
        <location filename="../../ui/panels/quality_panel.py"/>
        <source>&lt;b&gt;Check RMSE&lt;/b&gt; = &amp;radic;(mean(dx&amp;sup2; + dy&amp;sup2;)) at the check points, which never take part in the fit (key C).</source>
        <translation>&lt;b&gt;Prüfpunkt-RMSE&lt;/b&gt; = &amp;radic;(Mittel(dx&amp;sup2; + dy&amp;sup2;)) an den Prüfpunkten, die nie in die Anpassung eingehen (Taste C).</translation>
    </message>
    <message>
        <location filename="../../ui/views/advisor_table.py"/>
        <source>&lt;b&gt;Check RMSE&lt;/b&gt; [px] = &amp;radic;(mean(dx&amp;sup2; + dy&amp;sup2;)) at the check points, which take no part in any fit (key C in the review).</source>
        <translation>&lt;b&gt;Prüfpunkt-RMSE&lt;/b&gt; [px] = &amp;radic;(Mittel(dx&amp;sup2; + dy&amp;sup2;)) an den Prüfpunkten, die in keine Anpassung eingehen (Taste C beim Prüfen).</translation>
    </message>
    <message>
        <location filename="../../ui/panels/quality_panel.py"/>
        <source>&lt;b&gt;Coverage&lt;/b&gt; = area of the convex hull of the points in the fit / area of the overlap.</source>
        <translation>&lt;b&gt;Abdeckung&lt;/b&gt; = Fläche der konvexen Hülle der Punkte in der Anpassung / Fläche der Überlappung.</translation>
    </message>
    <message>
        <location filename="../../ui/views/coverage_map.py"/>
        <source>&lt;b&gt;Coverage&lt;/b&gt; of the reference by the points in the fit: their hull, the largest circle without a point, and how many lie in each quarter.&lt;br&gt;Click to see the gap on the map: that is where one more point helps most.</source>
        <translation>&lt;b&gt;Abdeckung&lt;/b&gt; der Referenz durch die Punkte in der Anpassung: ihre Hülle, der größte Kreis ohne Punkt und wie viele in jedem Viertel liegen.&lt;br&gt;Ein Klick zeigt die Lücke auf der Karte: Dort hilft ein weiterer Punkt am meisten.</translation>
    </message>
    <message>
        <location filename="../../ui/panels/accuracy_panel.py"/>
        <source>&lt;b&gt;Errors line up with range: this looks like relief.&lt;/b&gt; A warp will not remove it; orthorectify with a terrain model first.</source>
        <translation>&lt;b&gt;Die Fehler liegen in Entfernungsrichtung: Das sieht nach Relief aus.&lt;/b&gt; Entzerren beseitigt es nicht; zuerst mit einem Geländemodell orthorektifizieren.</translation>
    </message>
    <message>
        <location filename="../../ui/panels/accuracy_panel.py"/>
        <source>&lt;b&gt;Errors line up, but {0:.0f}° away from range&lt;/b&gt;, along {1}: relief explains a part at most. Check the look azimuth.</source>
        <translation>&lt;b&gt;Die Fehler haben eine Richtung, aber {0:.0f}° neben der Entfernungsrichtung&lt;/b&gt;, entlang {1}: Relief erklärt höchstens einen Teil. Blickazimut prüfen.</translation>
    </message>
    <message>
        <location filename="../../ui/panels/accuracy_panel.py"/>
        <source>&lt;b&gt;Errors line up.&lt;/b&gt; If the radar looks along this axis it is relief, and a warp will not remove it. Enter the look azimuth to know.</source>
        <translation>&lt;b&gt;Die Fehler haben eine Richtung.&lt;/b&gt; Blickt das Radar entlang dieser Achse, ist es Relief, und Entzerren beseitigt es nicht. Blickazimut eingeben, um es zu wissen.</translation>
    </message>
    <message>
        <location filename="../../ui/panels/quality_panel.py"/>
        <source>&lt;b&gt;Fit RMSE&lt;/b&gt; = &amp;radic;(mean(dx&amp;sup2; + dy&amp;sup2;)) at the points of the fit itself.&lt;br&gt;A small value proves little: a spline passes through every point.</source>
        <translation>&lt;b&gt;Anpassungs-RMSE&lt;/b&gt; = &amp;radic;(Mittel(dx&amp;sup2; + dy&amp;sup2;)) an den angepassten Punkten selbst.&lt;br&gt;Ein kleiner Wert beweist wenig: Ein Spline geht durch jeden Punkt.</translation>
    </message>
    <message>
        <location filename="../../ui/views/advisor_table.py"/>
        <source>&lt;b&gt;Fit RMSE&lt;/b&gt; [px] = &amp;radic;(mean(dx&amp;sup2; + dy&amp;sup2;)) at the points of the fit itself.&lt;br&gt;It falls with every parameter added, whether or not the map gets better: do not choose by it.</source>
        <translation>&lt;b&gt;Anpassungs-RMSE&lt;/b&gt; [px] = &amp;radic;(Mittel(dx&amp;sup2; + dy&amp;sup2;)) an den angepassten Punkten selbst.&lt;br&gt;Er sinkt mit jedem weiteren Parameter, ob die Karte besser wird oder nicht: nicht danach wählen.</translation>
    </message>
    <message>
        <location filename="../../ui/panels/accuracy_panel.py"/>
        <source>&lt;b&gt;Fold check&lt;/b&gt;: the sign of det J, J = &amp;part;(reference x, y) / &amp;part;(sensed x, y), over a lattice of the whole sensed raster. Where it changes the image is inside out.&lt;br&gt;&lt;b&gt;Local scale&lt;/b&gt; = &amp;radic;(|det J| / median |det J|).</source>
        <translation>&lt;b&gt;Faltungsprüfung&lt;/b&gt;: das Vorzeichen von det J, J = &amp;part;(Referenz x, y) / &amp;part;(Suchbild x, y), auf einem Gitter über das ganze Suchbild. Wo es wechselt, ist das Bild umgestülpt.&lt;br&gt;&lt;b&gt;Lokaler Maßstab&lt;/b&gt; = &amp;radic;(|det J| / Median |det J|).</translation>
    </message>
    <message>
        <location filename="../../ui/panels/accuracy_panel.py"/>
        <source>&lt;b&gt;Folds&lt;/b&gt; over {0:.1f} % of the scene: the image lies over itself there. Choose a simpler model, or reject the points that cross.</source>
        <translation>&lt;b&gt;Faltung&lt;/b&gt; auf {0:.1f} % der Szene: Das Bild liegt dort über sich selbst. Einfacheres Modell wählen oder die Punkte verwerfen, die sich kreuzen.</translation>
    </message>
    <message>
        <location filename="../../ui/panels/quality_panel.py"/>
        <source>&lt;b&gt;Hold-out RMSE&lt;/b&gt; = &amp;radic;(mean(dx&amp;sup2; + dy&amp;sup2;)), each point predicted by a fit without its whole area (spatial blocks).&lt;br&gt;The most honest figure: neighbouring points share their errors.</source>
        <translation>&lt;b&gt;Hold-out-RMSE&lt;/b&gt; = &amp;radic;(Mittel(dx&amp;sup2; + dy&amp;sup2;)), jeder Punkt vorhergesagt von einer Anpassung ohne sein ganzes Gebiet (räumliche Blöcke).&lt;br&gt;Die ehrlichste Zahl: Nachbarpunkte teilen ihre Fehler.</translation>
    </message>
    <message>
        <location filename="../../ui/views/advisor_table.py"/>
        <source>&lt;b&gt;Hold-out RMSE&lt;/b&gt; [px] = &amp;radic;(mean(dx&amp;sup2; + dy&amp;sup2;)), each point predicted by a fit without its whole block of the image (2&amp;times;2 to 4&amp;times;4) and a margin of one point spacing.&lt;br&gt;The figure to choose by.</source>
        <translation>&lt;b&gt;Hold-out-RMSE&lt;/b&gt; [px] = &amp;radic;(Mittel(dx&amp;sup2; + dy&amp;sup2;)), jeder Punkt vorhergesagt von einer Anpassung ohne seinen ganzen Block des Bildes (2&amp;times;2 bis 4&amp;times;4) und einen Rand von einem Punktabstand.&lt;br&gt;Nach dieser Zahl wählen.</translation>
    </message>
    <message>
        <location filename="../../ui/panels/quality_panel.py"/>
        <source>&lt;b&gt;Leave-one-out RMSE&lt;/b&gt; = &amp;radic;(mean(dx&amp;sup2; + dy&amp;sup2;)), each point predicted by a fit without that point.&lt;br&gt;Undefined where no point can be spared.</source>
        <translation>&lt;b&gt;Leave-one-out-RMSE&lt;/b&gt; = &amp;radic;(Mittel(dx&amp;sup2; + dy&amp;sup2;)), jeder Punkt vorhergesagt von einer Anpassung ohne ihn.&lt;br&gt;Unbestimmt, wo kein Punkt entbehrlich ist.</translation>
    </message>
    <message>
        <location filename="../../ui/views/advisor_table.py"/>
        <source>&lt;b&gt;Leave-one-out RMSE&lt;/b&gt; [px] = &amp;radic;(mean(dx&amp;sup2; + dy&amp;sup2;)), each point predicted by a fit without that point.</source>
        <translation>&lt;b&gt;Leave-one-out-RMSE&lt;/b&gt; [px] = &amp;radic;(Mittel(dx&amp;sup2; + dy&amp;sup2;)), jeder Punkt vorhergesagt von einer Anpassung ohne ihn.</translation>
    </message>
    <message>
        <location filename="../../ui/settings_page.py"/>
        <source>&lt;b&gt;Not ready&lt;/b&gt;: {0}</source>
        <translation>&lt;b&gt;Nicht bereit&lt;/b&gt;: {0}</translation>
    </message>
    <message>
        <location filename="../../ui/views/advisor_table.py"/>
        <source>&lt;b&gt;P&lt;/b&gt;: effective parameters = trace of the hat matrix H, where fitted = H &amp;middot; observed. Each point gives two equations; what is left over is redundancy. A spline takes as many as its smoothing lets it, a displacement field about one for every four points at most.</source>
        <translation>&lt;b&gt;P&lt;/b&gt;: wirksame Parameter = Spur der Hat-Matrix H, mit angepasst = H &amp;middot; gemessen. Jeder Punkt gibt zwei Gleichungen; was übrig bleibt, ist Redundanz. Ein Spline nimmt so viele, wie seine Glättung zulässt, ein Verschiebungsfeld höchstens etwa einen auf vier Punkte.</translation>
    </message>
    <message>
        <location filename="../../ui/panels/accuracy_panel.py"/>
        <source>&lt;b&gt;Range test&lt;/b&gt;: do the leave-one-out errors lie along one direction more than chance allows? Their axes are doubled, weighted by the rank of their length w, and added: R = |&amp;Sigma; w e&lt;sup&gt;2i&amp;phi;&lt;/sup&gt;|.&lt;br&gt;p = exp(&amp;minus;R&amp;sup2; / &amp;Sigma;w&amp;sup2;) for an estimated axis; p = &amp;frac12; erfc(&amp;Sigma; w cos 2(&amp;phi;&amp;minus;&amp;alpha;) / &amp;radic;&amp;Sigma;w&amp;sup2;) for the look direction &amp;alpha; (Moore 1980).</source>
        <translation>&lt;b&gt;Richtungstest&lt;/b&gt;: Liegen die Leave-one-out-Fehler öfter entlang einer Richtung, als der Zufall erlaubt? Ihre Achsen werden verdoppelt, mit dem Rang ihrer Länge w gewichtet und addiert: R = |&amp;Sigma; w e&lt;sup&gt;2i&amp;phi;&lt;/sup&gt;|.&lt;br&gt;p = exp(&amp;minus;R&amp;sup2; / &amp;Sigma;w&amp;sup2;) für eine geschätzte Achse; p = &amp;frac12; erfc(&amp;Sigma; w cos 2(&amp;phi;&amp;minus;&amp;alpha;) / &amp;radic;&amp;Sigma;w&amp;sup2;) für die Blickrichtung &amp;alpha; (Moore 1980).</translation>
    </message>
    <message>
        <location filename="../../ui/settings_page.py"/>
        <source>&lt;b&gt;Ready&lt;/b&gt;: {0}</source>
        <translation>&lt;b&gt;Bereit&lt;/b&gt;: {0}</translation>
    </message>
    <message>
        <location filename="../../ui/panels/review_progress.py"/>
        <source>&lt;b&gt;Redo&lt;/b&gt; (Ctrl+Y or Ctrl+Shift+Z)</source>
        <translation>&lt;b&gt;Wiederholen&lt;/b&gt; (Strg+Y oder Strg+Umschalt+Z)</translation>
    </message>
    <message>
        <location filename="../../ui/views/chips_view.py"/>
        <source>&lt;b&gt;Reference and sensed image&lt;/b&gt; over the same ground, each stretched from its own 2nd to its 98th percentile.&lt;br&gt;&lt;b&gt;Ring&lt;/b&gt;: the point; &lt;b&gt;diamond&lt;/b&gt;: where the sensed image, as shown, has it. Their distance is the residual.&lt;br&gt;&lt;b&gt;Wheel&lt;/b&gt;, or + and - in the table: zoom. &lt;b&gt;Space&lt;/b&gt; or &lt;b&gt;F&lt;/b&gt;: flicker between both in one. &lt;b&gt;G&lt;/b&gt;: sensed image as fitted / as georeferenced.&lt;br&gt;&lt;b&gt;Double click&lt;/b&gt;: put that end of the point there; in the reference it snaps to the nearest peak, with Ctrl it does not.&lt;br&gt;&lt;b&gt;Arrows&lt;/b&gt;: nudge the point's place in the reference by 0.1 px, with Shift by 1 px.</source>
        <translation>&lt;b&gt;Referenz und Suchbild&lt;/b&gt; über demselben Boden, jedes vom 2. bis zum 98. Perzentil gestreckt.&lt;br&gt;&lt;b&gt;Ring&lt;/b&gt;: der Punkt; &lt;b&gt;Raute&lt;/b&gt;: wo ihn das gezeigte Suchbild hat. Ihr Abstand ist das Residuum.&lt;br&gt;&lt;b&gt;Mausrad&lt;/b&gt;, oder + und - in der Tabelle: Zoom. &lt;b&gt;Leertaste&lt;/b&gt; oder &lt;b&gt;F&lt;/b&gt;: beide im Wechsel. &lt;b&gt;G&lt;/b&gt;: Suchbild wie angepasst / wie georeferenziert.&lt;br&gt;&lt;b&gt;Doppelklick&lt;/b&gt;: dieses Ende des Punktes dorthin setzen; in der Referenz rastet es am nächsten Maximum ein, mit Strg nicht.&lt;br&gt;&lt;b&gt;Pfeile&lt;/b&gt;: den Ort des Punktes in der Referenz um 0,1 px verschieben, mit Umschalt um 1 px.</translation>
    </message>
    <message>
        <location filename="../../ui/views/heatmap.py"/>
        <source>&lt;b&gt;Similarity&lt;/b&gt; of the point's template at every position of its search window (bright = similar).&lt;br&gt;One sharp peak: trust it. Several peaks, or a ridge along a road or shore: doubt it.&lt;br&gt;&lt;br&gt;&lt;b&gt;White cross&lt;/b&gt;: the point. &lt;b&gt;White ring&lt;/b&gt;: 95 % of its covariance, from the shape of the peak.&lt;br&gt;&lt;b&gt;Orange circle&lt;/b&gt;: the second-highest peak. &lt;b&gt;Ratio&lt;/b&gt;: highest / second-highest; near 1 is ambiguous.&lt;br&gt;&lt;b&gt;There and back&lt;/b&gt;: how far matching in the opposite direction comes back beside the start.</source>
        <translation>&lt;b&gt;Ähnlichkeit&lt;/b&gt; des Musters an jeder Stelle seines Suchfensters (hell = ähnlich).&lt;br&gt;Ein scharfes Maximum: vertrauenswürdig. Mehrere Maxima oder ein Grat entlang einer Straße oder eines Ufers: zweifelhaft.&lt;br&gt;&lt;br&gt;&lt;b&gt;Weißes Kreuz&lt;/b&gt;: der Punkt. &lt;b&gt;Weißer Ring&lt;/b&gt;: 95 % seiner Kovarianz, aus der Form des Maximums.&lt;br&gt;&lt;b&gt;Oranger Kreis&lt;/b&gt;: das zweithöchste Maximum. &lt;b&gt;Verhältnis&lt;/b&gt;: höchstes / zweithöchstes; nahe 1 ist mehrdeutig.&lt;br&gt;&lt;b&gt;Hin/zurück&lt;/b&gt;: wie weit die Suche in Gegenrichtung neben dem Ausgangspunkt landet.</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/controller.py"/>
        <source>&lt;b&gt;The last run found no reliable alignment&lt;/b&gt;: {0} Check the points before you warp.&lt;br&gt;</source>
        <translation>&lt;b&gt;Der letzte Lauf fand keine verlässliche Ausrichtung&lt;/b&gt;: {0} Vor dem Entzerren die Punkte prüfen.&lt;br&gt;</translation>
    </message>
    <message>
        <location filename="../../ui/panels/review_progress.py"/>
        <source>&lt;b&gt;Undo&lt;/b&gt;: {0} (Ctrl+Z)</source>
        <translation>&lt;b&gt;Rückgängig&lt;/b&gt;: {0} (Strg+Z)</translation>
    </message>
    <message>
        <location filename="../../ui/panels/review_panel.py"/>
        <source>&lt;b&gt;{0}&lt;/b&gt; candidates so far …</source>
        <translation>&lt;b&gt;{0}&lt;/b&gt; Kandidaten bisher …</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/report_page.py"/>
        <source>&lt;b&gt;{0}&lt;/b&gt; fitted to &lt;b&gt;{1}&lt;/b&gt; of {2} points; {3} reviewed.</source>
        <translation>&lt;b&gt;{0}&lt;/b&gt; an &lt;b&gt;{1}&lt;/b&gt; von {2} Punkten angepasst; {3} geprüft.</translation>
    </message>
    <message>
        <location filename="../../ui/panels/review_panel.py"/>
        <source>&lt;b&gt;{0}&lt;/b&gt; of {1} points in the fit</source>
        <translation>&lt;b&gt;{0}&lt;/b&gt; von {1} Punkten in der Anpassung</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/controller.py"/>
        <source>&lt;b&gt;{0}&lt;/b&gt;, points in the fit: {1}</source>
        <translation>&lt;b&gt;{0}&lt;/b&gt;, Punkte in der Anpassung: {1}</translation>
    </message>
    <message>
        <location filename="../../ui/settings_page.py"/>
        <source>A Python environment that the plugin makes for itself, from pinned packages, in your QGIS profile</source>
        <translation>Eine Python-Umgebung, die sich die Erweiterung aus festgelegten Paketen in Ihrem QGIS-Profil selbst anlegt</translation>
    </message>
    <message>
        <location filename="../../ui/settings_page.py"/>
        <source>A Python of your own, for example a conda environment with a torch for your GPU</source>
        <translation>Ein eigenes Python, etwa eine Conda-Umgebung mit einem torch für Ihre GPU</translation>
    </message>
    <message>
        <location filename="../../plugin/core/output/siblings.py"/>
        <source>A displacement field cannot be carried over to pixels that are turned or mirrored.</source>
        <translation>Ein Verschiebungsfeld kann nicht auf gedrehte oder gespiegelte Pixel übertragen werden.</translation>
    </message>
    <message>
        <location filename="../../ui/settings_page.py"/>
        <source>A folder of wheels, made elsewhere with pip download, see Help</source>
        <translation>Ein Ordner mit Wheels, anderswo mit pip download erzeugt, siehe Hilfe</translation>
    </message>
    <message>
        <location filename="../../plugin/core/output/plan.py"/>
        <source>A geotransform cannot hold the model {0}.</source>
        <translation>Eine Geotransformation kann das Modell {0} nicht ausdrücken.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/geometry/grid.py"/>
        <source>A grid needs at least one pixel, got {0} x {1}.</source>
        <translation>Ein Gitter braucht mindestens ein Pixel, nicht {0} x {1}.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/protocol.py"/>
        <source>A message is too long.</source>
        <translation>Eine Nachricht ist zu lang.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/placing.py"/>
        <source>A point cannot be put there: the place has no coordinates in the raster.</source>
        <translation>Dorthin kann kein Punkt: Die Stelle hat im Raster keine Koordinaten.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/worker.py"/>
        <source>A request is too long or has no end.</source>
        <translation>Eine Anfrage ist zu lang oder hat kein Ende.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/points/foreign_points.py"/>
        <source>A tie point table of AROSICS needs two georeferenced rasters.</source>
        <translation>Eine Punkttabelle von AROSICS braucht zwei georeferenzierte Raster.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/exportpoints.py"/>
        <source>A tie-point layer. Points that were moved count where they lie now.</source>
        <translation>Ein Layer mit Verknüpfungspunkten. Verschobene Punkte zählen, wo sie jetzt liegen.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/assessgcps.py"/>
        <source>A tie-point layer. Points that were moved count where they lie now; disabled ones are judged, but not fitted.</source>
        <translation>Ein Layer mit Verknüpfungspunkten. Verschobene Punkte zählen, wo sie jetzt liegen; abgeschaltete werden beurteilt, aber nicht angepasst.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/adaptnetwork.py"/>
        <source>A tie-point layer. Points that were moved count where they lie now; disabled ones do not count.</source>
        <translation>Ein Layer mit Verknüpfungspunkten. Verschobene Punkte zählen, wo sie jetzt liegen; abgeschaltete zählen nicht.</translation>
    </message>
    <message>
        <location filename="../../ui/panels/accuracy_panel.py"/>
        <source>A vector layer of where the fit moves the sensed raster, as arrows over a lattice, with the 1-sigma ellipse of the fit at their tips: &amp;sigma;&amp;sup2; J C J&lt;sup&gt;T&lt;/sup&gt;, C the covariance of the parameters, &amp;sigma;&amp;sup2; the scatter of the residuals.</source>
        <translation>Ein Vektorlayer, wohin die Anpassung das Suchbild verschiebt: Pfeile auf einem Gitter, mit der 1-Sigma-Ellipse der Anpassung an der Spitze: &amp;sigma;&amp;sup2; J C J&lt;sup&gt;T&lt;/sup&gt;, C die Kovarianz der Parameter, &amp;sigma;&amp;sup2; die Streuung der Residuen.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/session.py"/>
        <source>Accept</source>
        <translation>Annehmen</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/adapting.py"/>
        <source>Accept or add more points first.</source>
        <translation>Zuerst mehr Punkte annehmen oder setzen.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/output/gdal_script.py"/>
        <source>Accept some points first.</source>
        <translation>Erst einige Punkte annehmen.</translation>
    </message>
    <message>
        <location filename="../../ui/views/point_histogram.py"/>
        <source>Accept those in the range</source>
        <translation>Die im Bereich annehmen</translation>
    </message>
    <message>
        <location filename="../../ui/dock.py"/>
        <source>Accept, edit, reject and add points</source>
        <translation>Punkte annehmen, bearbeiten, verwerfen und hinzufügen</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/report_page.py"/>
        <source>Accuracy</source>
        <translation>Genauigkeit</translation>
    </message>
    <message>
        <location filename="../../ui/panels/match_panel.py"/>
        <source>Adapt</source>
        <translation>Nachlernen</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/adaptnetwork.py"/>
        <source>Adapt network to scene</source>
        <translation>Netz auf der Szene nachlernen lassen</translation>
    </message>
    <message>
        <location filename="../../ui/parts/adapt_menu.py"/>
        <source>Adapt to this scene</source>
        <translation>Auf dieser Szene nachlernen</translation>
    </message>
    <message>
        <location filename="../../ui/parts/adapt_menu.py"/>
        <source>Adapt to this scene …</source>
        <translation>Auf dieser Szene nachlernen …</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/adaptnetwork.py"/>
        <source>Adapted weights</source>
        <translation>Nachgelernte Gewichte</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/learn/adapt.py"/>
        <source>Adapting needs an optical and a SAR raster.</source>
        <translation>Nachlernen braucht ein optisches und ein SAR-Raster.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/adapting.py"/>
        <source>Adapting needs at least {0} points in the fit, there are {1}.</source>
        <translation>Nachlernen braucht mindestens {0} Punkte in der Anpassung, es sind {1}.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/learn/adapt.py"/>
        <source>Adapting: step {0}</source>
        <translation>Nachlernen: Schritt {0}</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/read/opening.py"/>
        <source>Add --allow-network if it may be, or copy the data to this computer.</source>
        <translation>Fügen Sie --allow-network an, wenn das sein darf, oder kopieren Sie die Daten auf diesen Rechner.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/outputs.py"/>
        <source>Add --overwrite to replace it, or choose another name.</source>
        <translation>Mit --overwrite ersetzen oder einen anderen Namen wählen.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/deliver/deliver.py"/>
        <source>Add --reference REF, or use a .points file.</source>
        <translation>--reference REF angeben oder eine .points-Datei verwenden.</translation>
    </message>
    <message>
        <location filename="../../ui/panels/review_panel.py"/>
        <source>Add a layer that shows how sure the matches are, place by place</source>
        <translation>Einen Layer hinzufügen, der Ort für Ort zeigt, wie sicher die Zuordnung ist</translation>
    </message>
    <message>
        <location filename="../../ui/panels/review_tools.py"/>
        <source>Add a point</source>
        <translation>Punkt hinzufügen</translation>
    </message>
    <message>
        <location filename="../../plugin/gis/rasters.py"/>
        <source>Add both rasters to the project first.</source>
        <translation>Erst beide Raster zum Projekt hinzufügen.</translation>
    </message>
    <message>
        <location filename="../../ui/panels/accuracy_panel.py"/>
        <source>Add displacement field</source>
        <translation>Verschiebungsfeld hinzufügen</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/session.py"/>
        <source>Add point</source>
        <translation>Punkt hinzufügen</translation>
    </message>
    <message>
        <location filename="../../ui/parts/export_menu.py"/>
        <source>Add points as a layer</source>
        <translation>Punkte als Layer hinzufügen</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/control.py"/>
        <source>Add points away from it, or choose Shift or Similarity.</source>
        <translation>Punkte abseits davon hinzufügen, oder Verschiebung oder Ähnlichkeit wählen.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/fitting.py"/>
        <source>Add points elsewhere or choose a simpler model.</source>
        <translation>Anderswo Punkte hinzufügen oder ein einfacheres Modell wählen.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/learn/adapt.py"/>
        <source>Add points further inside the overlap.</source>
        <translation>Punkte weiter innen in der Überlappung setzen.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/learn/scene_windows.py"/>
        <source>Add points further inside the overlap; on very small scenes there is nothing to learn from.</source>
        <translation>Punkte weiter innen in der Überlappung setzen; auf sehr kleinen Szenen gibt es nichts zu lernen.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/control.py"/>
        <source>Add points or choose a simpler model.</source>
        <translation>Punkte hinzufügen oder ein einfacheres Modell wählen.</translation>
    </message>
    <message>
        <location filename="../../ui/panels/match_panel.py"/>
        <source>Advanced</source>
        <translation>Erweitert</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/transforms.py"/>
        <source>Affine</source>
        <translation>Affin</translation>
    </message>
    <message>
        <location filename="../../ui/panels/review_progress.py"/>
        <source>After a point is accepted, rejected or put back, select the next one (also with A, R, U)</source>
        <translation>Nach dem Annehmen, Verwerfen oder Zurücksetzen eines Punktes den nächsten wählen (auch mit A, R, U)</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/compare.py"/>
        <source>After: the preview</source>
        <translation>Nachher: die Vorschau</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/compare.py"/>
        <source>After: {0}</source>
        <translation>Nachher: {0}</translation>
    </message>
    <message>
        <location filename="../../plugin/main.py"/>
        <source>Align a SAR raster with an optical one</source>
        <translation>Ein SAR-Raster auf ein optisches ausrichten</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/report_page.py"/>
        <source>Alignment report</source>
        <translation>Bericht der Ausrichtung</translation>
    </message>
    <message>
        <location filename="../../ui/panels/warp_panel.py"/>
        <source>All bands, the data type and nodata are kept. The file appears when it is complete; the sensed raster itself is never changed. Resample SAR in power or amplitude rather than in decibel.</source>
        <translation>Alle Kanäle, der Datentyp und NoData bleiben erhalten. Die Datei erscheint, wenn sie vollständig ist; das Suchbild selbst wird nie verändert. SAR besser als Leistung oder Amplitude resampeln als in Dezibel.</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/keeping.py"/>
        <source>All files</source>
        <translation>Alle Dateien</translation>
    </message>
    <message>
        <location filename="../../plugin/reviewing/report.py"/>
        <source>All points on the reference: disc predicted, dotted accepted, square edited, diamond added, triangle check point, cross left out.</source>
        <translation>Alle Punkte auf der Referenz: Scheibe vorhergesagt, mit Punkt angenommen, Quadrat bearbeitet, Raute hinzugefügt, Dreieck Prüfpunkt, Kreuz ausgelassen.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>All samples of the {0} raster are alike, as far as was looked. Choose another band or file.</source>
        <translation>{0}: alle Werte sind gleich, soweit geprüft. Anderen Kanal oder andere Datei wählen.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/matching.py"/>
        <source>All tie points at their places in the reference, also the disabled ones with their reason.</source>
        <translation>Alle Verknüpfungspunkte an ihren Stellen in der Referenz, auch die abgeschalteten mit ihrem Grund.</translation>
    </message>
    <message>
        <location filename="../../plugin/gis/network.py"/>
        <source>Allow it in the dock of SAR-Optical Align, under Match, or copy the data to this computer.</source>
        <translation>Im Dock von SAR-Optical Align unter Suche erlauben, oder die Daten auf diesen Rechner kopieren.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fields.py"/>
        <source>Allowed: {0} to {1} {2}.</source>
        <translation>Erlaubt: {0} bis {1} {2}.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fields.py"/>
        <source>Allowed: {0} to {1}.</source>
        <translation>Erlaubt: {0} bis {1}.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Amplitude</source>
        <translation>Amplitude</translation>
    </message>
    <message>
        <location filename="../../ui/settings_page.py"/>
        <source>An &amp;existing Python that has the packages</source>
        <translation>Ein vorhandenes P&amp;ython, das die Pakete hat</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Answer 'no reliable alignment' instead of a doubtful one.</source>
        <translation>„Keine verlässliche Ausrichtung“ antworten statt einer zweifelhaften.</translation>
    </message>
    <message>
        <location filename="../../ui/parts/export_menu.py"/>
        <source>As .points (QGIS Georeferencer), .csv or .geojson, with states and residuals</source>
        <translation>Als .points (QGIS-Georeferenzierung), .csv oder .geojson, mit Zuständen und Residuen</translation>
    </message>
    <message>
        <location filename="../../ui/panels/review_tools.py"/>
        <source>As fitted</source>
        <translation>Wie angepasst</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/matching.py"/>
        <source>As name=value, separated by semicolons. The command 'sar-optical-align matchers' lists them.</source>
        <translation>Als Name=Wert, getrennt durch Semikolon. Der Befehl 'sar-optical-align matchers' listet sie auf.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/assessgcps.py"/>
        <source>Assess control points</source>
        <translation>Passpunkte beurteilen</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/read/frames.py"/>
        <source>Assign it an approximate position first, or remove the georeferencing of both to compare bare pixels.</source>
        <translation>Erst eine ungefähre Lage zuweisen, oder die Georeferenzierung beider entfernen, um bloße Pixel zu vergleichen.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/learn/adapt.py"/>
        <source>At {0} points held back {1} % were found within {2} px before and {3} % after, RMSE {4} px before and {5} px after.</source>
        <translation>An {0} zurückgehaltenen Punkten lagen vorher {1} % und nachher {3} % innerhalb {2} px, RMSE vorher {4} px und nachher {5} px.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>Automatic</source>
        <translation>Automatisch</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Automatic (model advisor)</source>
        <translation>Automatisch (Berater)</translation>
    </message>
    <message>
        <location filename="../../ui/panels/match_panel.py"/>
        <source>Automatic (most accurate)</source>
        <translation>Automatisch (genauester)</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/control.py"/>
        <source>Automatic takes the simplest model whose hold-out error is within one standard error of the best.</source>
        <translation>Automatisch nimmt das einfachste Modell, dessen Hold-out-Fehler innerhalb eines Standardfehlers vom besten liegt.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/matching.py"/>
        <source>Automatic: told from bands, data type and values.</source>
        <translation>Automatisch: aus Kanälen, Datentyp und Werten erkannt.</translation>
    </message>
    <message>
        <location filename="../../ui/views/heatmap.py"/>
        <source>Back {0:.2f}</source>
        <translation>zurück {0:.2f}</translation>
    </message>
    <message>
        <location filename="../../ui/views/heatmap.py"/>
        <source>Back {0:.2f} px</source>
        <translation>zurück {0:.2f} px</translation>
    </message>
    <message>
        <location filename="../../ui/panels/match_panel.py"/>
        <source>Band</source>
        <translation>Kanal</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Band numbers start at 1, got {0}.</source>
        <translation>Kanalnummern beginnen bei 1, nicht {0}.</translation>
    </message>
    <message>
        <location filename="../../ui/panels/match_panel.py"/>
        <source>Band to compare; auto takes grey from red, green and blue, or the first SAR band</source>
        <translation>Zu vergleichender Kanal; auto nimmt Grau aus Rot, Grün und Blau oder den ersten SAR-Kanal</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/matching.py"/>
        <source>Bands to compare. Empty: grey made of red, green and blue, or the first SAR band.</source>
        <translation>Zu vergleichende Kanäle. Leer: Grau aus Rot, Grün und Blau oder der erste SAR-Kanal.</translation>
    </message>
    <message>
        <location filename="../../ui/views/compare_strip.py"/>
        <source>Before / after</source>
        <translation>Vorher / nachher</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/compare.py"/>
        <source>Before: the sensed raster as it lies</source>
        <translation>Vorher: das Suchbild, wie es liegt</translation>
    </message>
    <message>
        <location filename="../../ui/parts/adapt_menu.py"/>
        <source>Begin; the progress is shown at the foot of the dock</source>
        <translation>Beginnen; der Fortschritt steht unten im Dock</translation>
    </message>
    <message>
        <location filename="../../plugin/gis/displacement_layer.py"/>
        <source>Between the points, 1σ at the tip</source>
        <translation>Zwischen den Punkten, 1σ an der Spitze</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Bilinear</source>
        <translation>Bilinear</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/mutual_information.py"/>
        <source>Bins of the joint histogram.</source>
        <translation>Klassen des gemeinsamen Histogramms.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>Both are in {0}.</source>
        <translation>Beide liegen in {0}.</translation>
    </message>
    <message>
        <location filename="../../ui/panels/explain_dialog.py"/>
        <source>Both chips with the template, the similarity at every shift (+ peak, x second, ellipse 95 %), the same as a surface, and what the matcher compares: for ME-SSM the length of the descriptors and how much each expert has to say</source>
        <translation>Beide Ausschnitte mit dem Muster, die Ähnlichkeit bei jeder Verschiebung (+ Maximum, x zweites, Ellipse 95 %), dasselbe als Fläche, und was der Matcher vergleicht: bei ME-SSM die Länge der Deskriptoren und wie viel jeder Experte beiträgt</translation>
    </message>
    <message>
        <location filename="../../ui/parts/hints.py"/>
        <source>Browse: {0}</source>
        <translation>Durchsuchen: {0}</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/assessment_page.py"/>
        <source>CE90 [px]</source>
        <translation>CE90 [px]</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/assessgcps.py"/>
        <source>CE90 [reference px]</source>
        <translation>CE90 [Referenz-px]</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/matching.py"/>
        <source>CE90: 90 % of the leave-one-out errors are shorter [reference px]</source>
        <translation>CE90: 90 % der Leave-one-out-Fehler sind kürzer [Referenz-px]</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>CRS missing</source>
        <translation>KBS fehlt</translation>
    </message>
    <message>
        <location filename="../../ui/dock.py"/>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/worker.py"/>
        <source>Cancelled.</source>
        <translation>Abgebrochen.</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/controller.py"/>
        <source>Cancelled. The candidates found so far are not kept.</source>
        <translation>Abgebrochen. Die bisher gefundenen Kandidaten werden nicht behalten.</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/keeping.py"/>
        <source>Cancelled; nothing was written.</source>
        <translation>Abgebrochen; nichts wurde geschrieben.</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/adapting.py"/>
        <source>Cancelled; the weights stay as they were.</source>
        <translation>Abgebrochen; die Gewichte bleiben, wie sie waren.</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/runner.py"/>
        <source>Cancelling</source>
        <translation>Wird abgebrochen</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/msa_net.py"/>
        <source>Candidates</source>
        <translation>Kandidaten</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/file.py"/>
        <source>Cannot copy {0} to {1}: {2}.</source>
        <translation>{0} kann nicht nach {1} kopiert werden: {2}.</translation>
    </message>
    <message>
        <location filename="../../plugin/gis/opening.py"/>
        <source>Cannot open the raster {0}: {1}.</source>
        <translation>Das Raster {0} kann nicht geöffnet werden: {1}.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/borders.py"/>
        <source>Cannot read {0} ({1}): {2}.</source>
        <translation>Nicht lesbar: {0} ({1}): {2}.</translation>
    </message>
    <message>
        <location filename="../../plugin/gis/displacement_layer.py"/>
        <source>Cannot read {0} back.</source>
        <translation>{0} kann nicht zurückgelesen werden.</translation>
    </message>
    <message>
        <location filename="../../plugin/gis/chip_reader.py"/>
        <source>Cannot read {0}.</source>
        <translation>{0} kann nicht gelesen werden.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/borders.py"/>
        <source>Cannot read {0}: {1}.</source>
        <translation>{0} kann nicht gelesen werden: {1}.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/read/frames.py"/>
        <source>Cannot reproject between the two CRSs: {0}.</source>
        <translation>Zwischen den beiden KBS kann nicht umprojiziert werden: {0}.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/jsonable.py"/>
        <source>Cannot write {0} as JSON.</source>
        <translation>{0} kann nicht als JSON geschrieben werden.</translation>
    </message>
    <message>
        <location filename="../../plugin/gis/confidence.py"/>
        <source>Cannot write {0}.</source>
        <translation>{0} kann nicht geschrieben werden.</translation>
    </message>
    <message>
        <location filename="../../plugin/reviewing/report.py"/>
        <source>Cannot write {0}: the disk is full.</source>
        <translation>{0} kann nicht geschrieben werden: Der Datenträger ist voll.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/atomic.py"/>
        <source>Cannot write {0}: {1}.</source>
        <translation>{0} kann nicht geschrieben werden: {1}.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/session.py"/>
        <source>Change model</source>
        <translation>Modell ändern</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/session.py"/>
        <source>Change role</source>
        <translation>Rolle ändern</translation>
    </message>
    <message>
        <location filename="../../plugin/core/outputs.py"/>
        <source>Change to a folder that exists, or give the name in full.</source>
        <translation>In einen vorhandenen Ordner wechseln oder den vollen Namen angeben.</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/cfog.py"/>
        <source>Channel smoothing</source>
        <translation>Glättung der Kanäle</translation>
    </message>
    <message>
        <location filename="../../ui/views/advisor_table.py"/>
        <source>Check</source>
        <translation>Prüf</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/transforms.py"/>
        <source>Check for control points on one line or in one place.</source>
        <translation>Auf Passpunkte auf einer Linie oder an einer Stelle prüfen.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/read/preparing.py"/>
        <source>Check its nodata value and the chosen band.</source>
        <translation>NoData-Wert und gewählten Kanal prüfen.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/align/coarse_search.py"/>
        <source>Check its position, the search radius and its nodata value.</source>
        <translation>Prüfen Sie seine Lage, den Suchradius und seinen NoData-Wert.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/gcps.py"/>
        <source>Check or replace the GCPs of the file.</source>
        <translation>Passpunkte der Datei prüfen oder ersetzen.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/read/georeferencing.py"/>
        <source>Check or replace the RPCs of the file.</source>
        <translation>RPCs der Datei prüfen oder ersetzen.</translation>
    </message>
    <message>
        <location filename="../../ui/panels/review_tools.py"/>
        <source>Check point</source>
        <translation>Prüfpunkt</translation>
    </message>
    <message>
        <location filename="../../ui/panels/quality_panel.py"/>
        <source>Check points</source>
        <translation>Prüfpunkte</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/align/verdict.py"/>
        <source>Check that both rasters show the same ground; declare the search radius, or try another matcher, band or working GSD.</source>
        <translation>Prüfen, ob beide Raster dasselbe Gelände zeigen; Suchradius angeben oder anderen Matcher, Kanal oder andere Arbeits-GSD versuchen.</translation>
    </message>
    <message>
        <location filename="../../plugin/gis/displacement_layer.py"/>
        <source>Check that the disk has room.</source>
        <translation>Prüfen, ob auf dem Datenträger Platz ist.</translation>
    </message>
    <message>
        <location filename="../../plugin/gis/warping.py"/>
        <source>Check that the file is complete and the disk has room.</source>
        <translation>Prüfen, ob die Datei vollständig und auf dem Datenträger Platz ist.</translation>
    </message>
    <message>
        <location filename="../../plugin/work/preview.py"/>
        <source>Check that the file is complete.</source>
        <translation>Prüfen, ob die Datei vollständig ist.</translation>
    </message>
    <message>
        <location filename="../../plugin/gis/opening.py"/>
        <source>Check that the file is still there and complete.</source>
        <translation>Prüfen, ob die Datei noch da und vollständig ist.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/read/sources.py"/>
        <source>Check that the file is whole and its georeferencing right.</source>
        <translation>Prüfen Sie, ob die Datei vollständig und ihre Georeferenzierung richtig ist.</translation>
    </message>
    <message>
        <location filename="../../plugin/gis/chip_reader.py"/>
        <source>Check that the file is whole.</source>
        <translation>Prüfen, ob die Datei unversehrt ist.</translation>
    </message>
    <message>
        <location filename="../../plugin/gis/confidence.py"/>
        <source>Check that the folder can be written.</source>
        <translation>Prüfen, ob der Ordner beschreibbar ist.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/read/frames.py"/>
        <source>Check the CRS of both rasters.</source>
        <translation>KBS beider Raster prüfen.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/points/qgis_points.py"/>
        <source>Check the CRS of the file, or correct or remove the line.</source>
        <translation>KBS der Datei prüfen, oder die Zeile berichtigen oder löschen.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/deliver/deliver.py"/>
        <source>Check the CRS of the file, or save the points again in that of the reference.</source>
        <translation>Prüfen Sie das KBS der Datei, oder speichern Sie die Punkte noch einmal in dem der Referenz.</translation>
    </message>
    <message>
        <location filename="../../plugin/work/worker_client.py"/>
        <source>Check the interpreter in Settings &gt; Options &gt; SAR-Optical Align.</source>
        <translation>Interpreter unter Einstellungen &gt; Optionen &gt; SAR-Optical Align prüfen.</translation>
    </message>
    <message>
        <location filename="../../plugin/work/worker_client.py"/>
        <source>Check the interpreter; its packages may be broken.</source>
        <translation>Interpreter prüfen; seine Pakete sind vielleicht beschädigt.</translation>
    </message>
    <message>
        <location filename="../../plugin/work/environment.py"/>
        <source>Check the network or proxy, or install from a folder of wheels.</source>
        <translation>Netzwerk oder Proxy prüfen, oder aus einem Ordner mit Wheels installieren.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/points/files.py"/>
        <source>Check the path and that it is a .points, .csv or .geojson file.</source>
        <translation>Prüfen Sie den Pfad und ob es eine .points-, .csv- oder .geojson-Datei ist.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/read/sources.py"/>
        <source>Check the path and that the file is a raster GDAL can read.</source>
        <translation>Pfad prüfen, und ob GDAL die Datei als Raster lesen kann.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/deliver/deliver.py"/>
        <source>Check the path.</source>
        <translation>Pfad prüfen.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/tie_point_fit.py"/>
        <source>Check the points and the CRS that they are in, or choose a model that bends (polynomial 2, thin-plate spline).</source>
        <translation>Prüfen Sie die Punkte und deren KBS, oder wählen Sie ein Modell, das biegen kann (Polynom 2, Thin-Plate-Spline).</translation>
    </message>
    <message>
        <location filename="../../plugin/core/geometry/coords.py"/>
        <source>Check the raster's geotransform.</source>
        <translation>Geotransformation des Rasters prüfen.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/read/working_grid.py"/>
        <source>Check their CRS, or declare a larger search radius.</source>
        <translation>KBS prüfen oder einen größeren Suchradius angeben.</translation>
    </message>
    <message>
        <location filename="../../ui/views/compare_strip.py"/>
        <source>Checkerboard</source>
        <translation>Schachbrett</translation>
    </message>
    <message>
        <location filename="../../plugin/reviewing/report.py"/>
        <source>Checkerboard as georeferenced; the bluish squares are the reference.</source>
        <translation>Schachbrett wie georeferenziert; die bläulichen Felder sind die Referenz.</translation>
    </message>
    <message>
        <location filename="../../plugin/work/environment.py"/>
        <source>Checking</source>
        <translation>Wird geprüft</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/read/preparing.py"/>
        <source>Choose 'Decibel' as its values.</source>
        <translation>„Dezibel“ als Werte wählen.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/fitting.py"/>
        <source>Choose Affine, or check the points for blunders.</source>
        <translation>Affin wählen oder die Punkte auf grobe Fehler prüfen.</translation>
    </message>
    <message>
        <location filename="../../plugin/work/environment.py"/>
        <source>Choose Python 3.10 or later.</source>
        <translation>Wählen Sie Python 3.10 oder neuer.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/deliver/explain.py"/>
        <source>Choose a .png, .svg or .pdf in a folder you may write to.</source>
        <translation>.png, .svg oder .pdf in einem beschreibbaren Ordner wählen.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/deliver/explain.py"/>
        <source>Choose a .png, .svg or .pdf.</source>
        <translation>Eine .png-, .svg- oder .pdf-Datei wählen.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/points/files.py"/>
        <source>Choose a .points, .csv or .geojson file.</source>
        <translation>Eine Datei .points, .csv oder .geojson wählen.</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/network.py"/>
        <source>Choose a .safetensors file written by `train`, with its .json beside it.</source>
        <translation>Eine .safetensors-Datei wählen, die `train` geschrieben hat, mit ihrer .json daneben.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/points/csv_points.py"/>
        <source>Choose a CSV saved by this tool.</source>
        <translation>Eine von diesem Werkzeug gespeicherte CSV wählen.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/points/geojson_points.py"/>
        <source>Choose a GeoJSON saved by this tool.</source>
        <translation>Eine von diesem Werkzeug gespeicherte GeoJSON wählen.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/points/qgis_points.py"/>
        <source>Choose a file saved by the QGIS Georeferencer or this tool.</source>
        <translation>Eine von der QGIS-Georeferenzierung oder diesem Werkzeug gespeicherte Datei wählen.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/file.py"/>
        <source>Choose a file saved by this plugin.</source>
        <translation>Eine von dieser Erweiterung gespeicherte Datei wählen.</translation>
    </message>
    <message>
        <location filename="../../plugin/gis/vector_warp.py"/>
        <source>Choose a folder with enough room.</source>
        <translation>Einen Ordner mit genug Platz wählen.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/atomic.py"/>
        <source>Choose a folder you may write to, with enough room.</source>
        <translation>Einen beschreibbaren Ordner mit genug Platz wählen.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/outputs.py"/>
        <source>Choose a folder you may write to.</source>
        <translation>Einen beschreibbaren Ordner wählen.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/control.py"/>
        <source>Choose a layer or a file.</source>
        <translation>Einen Layer oder eine Datei wählen.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/output/plan.py"/>
        <source>Choose a pixel size near that of the sensed raster, {0} {1}.</source>
        <translation>Wählen Sie eine Pixelgröße nahe der des Suchbilds, {0} {1}.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/deliver/explain.py"/>
        <source>Choose a place inside the overlap.</source>
        <translation>Eine Stelle in der Überlappung wählen.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/placing.py"/>
        <source>Choose a place nearer to the rasters.</source>
        <translation>Eine Stelle näher an den Rastern wählen.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/output/siblings.py"/>
        <source>Choose a polynomial or a spline.</source>
        <translation>Ein Polynom oder einen Spline wählen.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/output/siblings.py"/>
        <source>Choose a polynomial, or a raster with square pixels.</source>
        <translation>Ein Polynom wählen, oder ein Raster mit quadratischen Pixeln.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/file.py"/>
        <source>Choose a project folder you may write to, with enough room; the points are still here, and the next edit tries again.</source>
        <translation>Einen beschreibbaren Projektordner mit genug Platz wählen; die Punkte sind noch da, und die nächste Änderung versucht es erneut.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/output/siblings.py"/>
        <source>Choose a raster on the same pixels.</source>
        <translation>Ein Raster auf denselben Pixeln wählen.</translation>
    </message>
    <message>
        <location filename="../../plugin/reviewing/files.py"/>
        <source>Choose a reference and a sensed layer first.</source>
        <translation>Erst Referenz- und Suchbild-Layer wählen.</translation>
    </message>
    <message>
        <location filename="../../ui/panels/match_panel.py"/>
        <source>Choose a reference and a sensed raster layer first</source>
        <translation>Erst Referenz- und Suchbild-Layer wählen</translation>
    </message>
    <message>
        <location filename="../../plugin/gis/rasters.py"/>
        <source>Choose a reference and a sensed raster layer.</source>
        <translation>Rasterlayer für Referenz und Suchbild wählen.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Choose a reference and a sensed raster.</source>
        <translation>Raster für Referenz und Suchbild wählen.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/outputs.py"/>
        <source>Choose a shorter name.</source>
        <translation>Einen kürzeren Namen wählen.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/output/plan.py"/>
        <source>Choose a simpler model, or reject the points where it folds.</source>
        <translation>Einfacheres Modell wählen, oder die Punkte verwerfen, wo es sich faltet.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/output/plan.py"/>
        <source>Choose a simpler model, spread the control points, or snap to the reference grid.</source>
        <translation>Einfacheres Modell wählen, Passpunkte besser verteilen oder auf das Gitter der Referenz einrasten.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/worker.py"/>
        <source>Choose a smaller tile size or fewer points.</source>
        <translation>Kleinere Kacheln oder weniger Punkte wählen.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/output/inverse_array.py"/>
        <source>Choose a smoother model, or reject points that contradict their neighbours.</source>
        <translation>Glatteres Modell wählen, oder Punkte verwerfen, die ihren Nachbarn widersprechen.</translation>
    </message>
    <message>
        <location filename="../../plugin/work/environment.py"/>
        <source>Choose an existing Python that has the packages.</source>
        <translation>Wählen Sie ein vorhandenes Python, das die Pakete hat.</translation>
    </message>
    <message>
        <location filename="../../plugin/work/environment.py"/>
        <source>Choose another Python.</source>
        <translation>Anderes Python wählen.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/read/preparing.py"/>
        <source>Choose another band or file.</source>
        <translation>Anderen Kanal oder andere Datei wählen.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/outputs.py"/>
        <source>Choose another file name: inputs are never overwritten.</source>
        <translation>Anderen Dateinamen wählen: Eingaben werden nie überschrieben.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/points/files.py"/>
        <source>Choose another file.</source>
        <translation>Andere Datei wählen.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/deliver/explain.py"/>
        <source>Choose another matcher.</source>
        <translation>Anderen Matcher wählen.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/outputs.py"/>
        <source>Choose another name, or allow writing to it.</source>
        <translation>Einen anderen Namen wählen oder das Schreiben erlauben.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/outputs.py"/>
        <source>Choose another name.</source>
        <translation>Einen anderen Namen wählen.</translation>
    </message>
    <message>
        <location filename="../../plugin/work/environment.py"/>
        <source>Choose another one in the settings.</source>
        <translation>In den Einstellungen ein anderes wählen.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/outputs.py"/>
        <source>Choose another one.</source>
        <translation>Einen anderen wählen.</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/warping.py"/>
        <source>Choose one above the Warp button.</source>
        <translation>Über der Schaltfläche Entzerren eine wählen.</translation>
    </message>
    <message>
        <location filename="../../plugin/store/settings.py"/>
        <source>Choose one in Settings &gt; Options &gt; SAR-Optical Align.</source>
        <translation>Unter Einstellungen &gt; Optionen &gt; SAR-Optical Align wählen.</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/registry.py"/>
        <source>Choose one of: auto, {0}.</source>
        <translation>Möglich sind: auto, {0}.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fields.py"/>
        <source>Choose one of: {0}.</source>
        <translation>Möglich sind: {0}.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/warpvector.py"/>
        <source>Choose one that lies on the sensed raster.</source>
        <translation>Einen wählen, der auf dem Suchbild liegt.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/align/coarse_search.py"/>
        <source>Choose rasters that share more ground, declare a larger search radius, or check their nodata values.</source>
        <translation>Wählen Sie Raster mit mehr gemeinsamem Gelände, geben Sie einen größeren Suchradius an, oder prüfen Sie ihre NoData-Werte.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/output/plan.py"/>
        <source>Choose shift, similarity or affine, or let the raster be resampled.</source>
        <translation>Verschiebung, Ähnlichkeit oder Affin wählen, oder das Raster resampeln lassen.</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/network.py"/>
        <source>Choose the device 'cpu' or 'auto'.</source>
        <translation>Gerät 'cpu' oder 'auto' wählen.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/fields.py"/>
        <source>Choose the matcher that they belong to instead of the automatic choice.</source>
        <translation>Statt der automatischen Wahl den Matcher wählen, zu dem sie gehören.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/points/foreign_points.py"/>
        <source>Choose the rasters it was made with.</source>
        <translation>Die Raster wählen, mit denen sie entstanden ist.</translation>
    </message>
    <message>
        <location filename="../../ui/dock.py"/>
        <source>Choose two layers and press Find tie points.</source>
        <translation>Zwei Layer wählen und Verknüpfungspunkte suchen.</translation>
    </message>
    <message>
        <location filename="../../ui/dock.py"/>
        <source>Choose two rasters and find tie points</source>
        <translation>Zwei Raster wählen und Verknüpfungspunkte suchen</translation>
    </message>
    <message>
        <location filename="../../ui/panels/review_tools.py"/>
        <source>Click a place in the reference: its partner in the sensed image is put where the fit expects it, then where the match is.&lt;br&gt;Ctrl: leave it as fitted. Shift: give the partner with a second click.</source>
        <translation>Eine Stelle in der Referenz anklicken: Ihr Gegenstück im Suchbild kommt dorthin, wo die Anpassung es erwartet, dann auf die gefundene Übereinstimmung.&lt;br&gt;Strg: bei der Anpassung belassen. Umschalt: das Gegenstück mit einem zweiten Klick angeben.</translation>
    </message>
    <message>
        <location filename="../../plugin/reviewing/point_maker.py"/>
        <source>Click a place in the reference; its partner is found. Shift: give the partner by hand. Ctrl: take it as fitted. Escape ends.</source>
        <translation>Eine Stelle in der Referenz anklicken; ihr Gegenstück wird gesucht. Umschalt: Gegenstück von Hand. Strg: wie angepasst. Escape beendet.</translation>
    </message>
    <message>
        <location filename="../../ui/views/advisor_table.py"/>
        <source>Click a row to use that model. &amp;#9733; is the recommended one.</source>
        <translation>Zeile anklicken, um dieses Modell zu verwenden. &amp;#9733; ist das empfohlene.</translation>
    </message>
    <message>
        <location filename="../../plugin/reviewing/point_maker.py"/>
        <source>Click the place in the reference, then the same ground in the sensed image. Escape ends adding.</source>
        <translation>Die Stelle in der Referenz anklicken, dann dasselbe Gelände im Suchbild. Escape beendet.</translation>
    </message>
    <message>
        <location filename="../../ui/panels/explain_dialog.py"/>
        <source>Close the window (Esc or Enter)</source>
        <translation>Fenster schließen (Esc oder Enter)</translation>
    </message>
    <message>
        <location filename="../../ui/parts/adapt_menu.py"/>
        <source>Close without adapting (Esc)</source>
        <translation>Schließen, ohne nachzulernen (Esc)</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Cloud-optimised GeoTIFF</source>
        <translation>Cloud-optimiertes GeoTIFF</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/regnet_mamba2.py"/>
        <source>Coarse matches less probable than this are left out.</source>
        <translation>Weniger wahrscheinliche grobe Zuordnungen werden weggelassen.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/report_page.py"/>
        <source>Coarse stage</source>
        <translation>Grobsuche</translation>
    </message>
    <message>
        <location filename="../../ui/settings_page.py"/>
        <source>Collect versions and packages of QGIS and of the Python for matching</source>
        <translation>Versionen und Pakete von QGIS und vom Python für das Matching sammeln</translation>
    </message>
    <message>
        <location filename="../../ui/dock.py"/>
        <source>Compare models; see gaps, folds and signs of relief</source>
        <translation>Modelle vergleichen; Lücken, Faltungen und Anzeichen von Relief sehen</translation>
    </message>
    <message>
        <location filename="../../ui/views/compare_strip.py"/>
        <source>Compared layer</source>
        <translation>Verglichener Layer</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/mutual_information.py"/>
        <source>Compares how well grey values predict each other (Mattes); slow, needs large templates, robust to odd contrasts.</source>
        <translation>Vergleicht, wie gut Grauwerte einander vorhersagen (Mattes); langsam, braucht große Muster, verträgt ungewöhnliche Kontraste.</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/me_ssm.py"/>
        <source>Compares what a state-space network trained on real optical-SAR pairs sees at each pixel; the most accurate one, slower, needs torch.</source>
        <translation>Vergleicht, was ein an echten Paaren aus optischem und Radarbild trainiertes Zustandsraum-Netz an jedem Pixel sieht; am genauesten, langsamer, braucht torch.</translation>
    </message>
    <message>
        <location filename="../../plugin/reviewing/report.py"/>
        <source>Comparing models</source>
        <translation>Modelle werden verglichen</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Compression</source>
        <translation>Kompression</translation>
    </message>
    <message>
        <location filename="../../ui/settings_page.py"/>
        <source>Computer</source>
        <translation>Rechner</translation>
    </message>
    <message>
        <location filename="../../ui/panels/review_panel.py"/>
        <source>Confidence map</source>
        <translation>Vertrauenskarte</translation>
    </message>
    <message>
        <location filename="../../plugin/gis/confidence.py"/>
        <source>Confidence of tie points</source>
        <translation>Vertrauen in die Verknüpfungspunkte</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/msa_net.py"/>
        <source>Contrast</source>
        <translation>Kontrast</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/keeping.py"/>
        <source>Control points</source>
        <translation>Passpunkte</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/warpraster.py"/>
        <source>Control points in the fit</source>
        <translation>Passpunkte in der Anpassung</translation>
    </message>
    <message>
        <location filename="../../plugin/reviewing/files.py"/>
        <source>Control points of {0}</source>
        <translation>Passpunkte von {0}</translation>
    </message>
    <message>
        <location filename="../../ui/parts/export_menu.py"/>
        <source>Control points …</source>
        <translation>Passpunkte …</translation>
    </message>
    <message>
        <location filename="../../ui/views/points_table.py"/>
        <source>Control points, in the order of the queue or of the column clicked.&lt;br&gt;&lt;b&gt;A&lt;/b&gt; accept, &lt;b&gt;R&lt;/b&gt; reject, &lt;b&gt;U&lt;/b&gt; undecided, &lt;b&gt;C&lt;/b&gt; check point, &lt;b&gt;N&lt;/b&gt;/&lt;b&gt;P&lt;/b&gt; next/previous, &lt;b&gt;Enter&lt;/b&gt; zoom, &lt;b&gt;E&lt;/b&gt; explain, arrows nudge, &lt;b&gt;Ctrl&lt;/b&gt;+up/down change the row</source>
        <translation>Passpunkte, in der Reihenfolge der Prüfung oder der angeklickten Spalte.&lt;br&gt;&lt;b&gt;A&lt;/b&gt; annehmen, &lt;b&gt;R&lt;/b&gt; verwerfen, &lt;b&gt;U&lt;/b&gt; offen, &lt;b&gt;C&lt;/b&gt; Prüfpunkt, &lt;b&gt;N&lt;/b&gt;/&lt;b&gt;P&lt;/b&gt; nächster/voriger, &lt;b&gt;Enter&lt;/b&gt; Zoom, &lt;b&gt;E&lt;/b&gt; erklären, Pfeile schieben fein, &lt;b&gt;Strg&lt;/b&gt;+auf/ab wechselt die Zeile</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/exportpoints.py"/>
        <source>Control-point file</source>
        <translation>Passpunktdatei</translation>
    </message>
    <message>
        <location filename="../../plugin/core/output/layout.py"/>
        <source>Convert it to amplitude or intensity first (e.g. gdal_translate of its detected product).</source>
        <translation>Erst in Amplitude oder Intensität umrechnen (z. B. gdal_translate des detektierten Produkts).</translation>
    </message>
    <message>
        <location filename="../../ui/parts/export_menu.py"/>
        <source>Copy as Processing command</source>
        <translation>Als Verarbeitungsbefehl kopieren</translation>
    </message>
    <message>
        <location filename="../../plugin/core/points/geojson_points.py"/>
        <source>Correct or remove the feature.</source>
        <translation>Objekt berichtigen oder löschen.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/points/csv_points.py"/>
        <source>Correct or remove the line.</source>
        <translation>Zeile berichtigen oder löschen.</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/phase_congruency.py"/>
        <source>Correlates phase congruency by orientation; insensitive to illumination and contrast, slower than CFOG.</source>
        <translation>Korreliert Phasenkongruenz nach Richtung; unempfindlich gegen Beleuchtung und Kontrast, langsamer als CFOG.</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/cfog.py"/>
        <source>Correlates the direction of structure at each pixel; the most accurate matcher that needs no network.</source>
        <translation>Korreliert die Richtung der Struktur an jedem Pixel; der genaueste Matcher ohne Netz.</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/gradient_ncc.py"/>
        <source>Correlates the strength of edges, whatever their sign; fast, for scenes with clear outlines.</source>
        <translation>Korreliert die Stärke von Kanten, gleich welchen Vorzeichens; schnell, für Szenen mit klaren Umrissen.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/report_page.py"/>
        <source>Coverage</source>
        <translation>Abdeckung</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/assessgcps.py"/>
        <source>Coverage [0..1]</source>
        <translation>Abdeckung [0..1]</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/assessgcps.py"/>
        <source>Coverage is then of the overlap of both rasters instead of the whole reference.</source>
        <translation>Die Abdeckung gilt dann der Überlappung beider Raster statt der ganzen Referenz.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/matching.py"/>
        <source>Coverage: area of the points' hull / overlap [0..1]</source>
        <translation>Abdeckung: Fläche der Hülle der Punkte / Überlappung [0..1]</translation>
    </message>
    <message>
        <location filename="../../ui/settings_page.py"/>
        <source>Create anew</source>
        <translation>Neu anlegen</translation>
    </message>
    <message>
        <location filename="../../plugin/core/outputs.py"/>
        <source>Create it first or choose another one.</source>
        <translation>Erst anlegen oder ein anderes wählen.</translation>
    </message>
    <message>
        <location filename="../../plugin/store/settings.py"/>
        <source>Create it in Settings &gt; Options &gt; SAR-Optical Align (one click, once).</source>
        <translation>Unter Einstellungen &gt; Optionen &gt; SAR-Optical Align anlegen (ein Klick, einmalig).</translation>
    </message>
    <message>
        <location filename="../../ui/settings_page.py"/>
        <source>Create managed environment</source>
        <translation>Verwaltete Umgebung anlegen</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Cubic</source>
        <translation>Kubisch</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Cubic spline</source>
        <translation>Kubischer Spline</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>Decibel</source>
        <translation>Dezibel</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/learn/adapt.py"/>
        <source>Declare the sensor of each.</source>
        <translation>Für beide den Sensor angeben.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>Declare {0} as nodata</source>
        <translation>{0} als NoData ausweisen</translation>
    </message>
    <message>
        <location filename="../../ui/settings_page.py"/>
        <source>Defaults of matching</source>
        <translation>Vorgaben für das Matching</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Deflate</source>
        <translation>Deflate</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/msa_net.py"/>
        <source>Describes patches around keypoints by a network trained on real optical-SAR pairs; many tie points, needs torch.</source>
        <translation>Beschreibt Ausschnitte um Merkmalspunkte mit einem Netz, das an echten Optik-SAR-Paaren gelernt hat; viele Verknüpfungspunkte, braucht torch.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Despeckling</source>
        <translation>Speckle-Filter</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Detect</source>
        <translation>Erkennen</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <location filename="../../ui/settings_page.py"/>
        <source>Diagnostics</source>
        <translation>Diagnose</translation>
    </message>
    <message>
        <location filename="../../ui/panels/accuracy_panel.py"/>
        <source>Direction in which the radar looks, clockwise from the map's north, as its metadata give it (either way along it). Unknown: the direction that explains most is taken, and the test is stricter.</source>
        <translation>Richtung, in die das Radar blickt, im Uhrzeigersinn von Karten-Nord, laut Metadaten (gleich, in welchem Sinn). Unbekannt: Die Richtung, die am meisten erklärt, wird genommen, und der Test ist strenger.</translation>
    </message>
    <message>
        <location filename="../../ui/parts/adapt_menu.py"/>
        <source>Discard the adapted weights</source>
        <translation>Nachgelernte Gewichte verwerfen</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/transforms.py"/>
        <source>Displacement field</source>
        <translation>Verschiebungsfeld</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/accuracy.py"/>
        <source>Displacement × {0}</source>
        <translation>Verschiebung × {0}</translation>
    </message>
    <message>
        <location filename="../../ui/panels/vector_choice.py"/>
        <source>Displacements</source>
        <translation>Verschiebungen</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Do not resample: write the pixels as they are with a corrected geotransform. For shift, similarity and affine; resampling, GSD and grid do not count.</source>
        <translation>Nicht resampeln: die Pixel unverändert mit berichtigter Geotransformation schreiben. Für Verschiebung, Ähnlichkeit und Affin; Resampling, GSD und Gitter zählen nicht.</translation>
    </message>
    <message>
        <location filename="../../ui/views/checks_list.py"/>
        <source>Do this now; it can be changed again above or under Advanced</source>
        <translation>Jetzt tun; lässt sich oben oder unter Erweitert wieder ändern</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/align/align.py"/>
        <source>Done</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <location filename="../../plugin/reviewing/desk.py"/>
        <source>Done again: {0}</source>
        <translation>Wiederhergestellt: {0}</translation>
    </message>
    <message>
        <location filename="../../ui/views/point_histogram.py"/>
        <source>Drag over the bars to select their points; a click selects none.&lt;br&gt;Blue: in the fit; grey: out of it. The last bar counts all beyond.</source>
        <translation>Über die Balken ziehen, um ihre Punkte zu wählen; ein Klick wählt keine.&lt;br&gt;Blau: in der Anpassung; grau: nicht. Der letzte Balken zählt alle darüber.</translation>
    </message>
    <message>
        <location filename="../../ui/views/compare_strip.py"/>
        <source>Drag the divider on the map; drag it along itself to turn it</source>
        <translation>Die Trennlinie auf der Karte ziehen; längs gezogen dreht sie sich</translation>
    </message>
    <message>
        <location filename="../../ui/panels/review_tools.py"/>
        <source>Draw around points on the map to select them, in place of a rectangle (L); Shift adds to the selection</source>
        <translation>Punkte auf der Karte umfahren, um sie zu wählen, statt mit einem Rechteck (L); Umschalt ergänzt die Auswahl</translation>
    </message>
    <message>
        <location filename="../../ui/panels/vector_choice.py"/>
        <source>Draw the 95 % ellipses of the places on the map, enlarged like the vectors: 2.45 standard deviations, from the shape of the peaks.&lt;br&gt;With more than 2000 points in view, those of the selected points only</source>
        <translation>Die 95-%-Ellipsen der Orte auf der Karte zeichnen, vergrößert wie die Vektoren: 2,45 Standardabweichungen, aus der Form der Maxima.&lt;br&gt;Bei mehr als 2000 sichtbaren Punkten nur die der gewählten</translation>
    </message>
    <message>
        <location filename="../../ui/panels/review_tools.py"/>
        <source>Draw what the matcher sees there: chips, similarity surface with its peaks, the say of ME-SSM's experts (E)</source>
        <translation>Zeichnen, was der Matcher dort sieht: Ausschnitte, Ähnlichkeitsfläche mit ihren Maxima, den Anteil der Experten von ME-SSM (E)</translation>
    </message>
    <message>
        <location filename="../../plugin/reviewing/report.py"/>
        <source>Drawing maps</source>
        <translation>Karten werden gezeichnet</translation>
    </message>
    <message>
        <location filename="../../plugin/reviewing/report.py"/>
        <source>Drawing points</source>
        <translation>Punkte werden gezeichnet</translation>
    </message>
    <message>
        <location filename="../../ui/views/compare_strip.py"/>
        <source>Edges</source>
        <translation>Kanten</translation>
    </message>
    <message>
        <location filename="../../ui/panels/vector_choice.py"/>
        <source>Ellipses</source>
        <translation>Ellipsen</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/tie_point_fit.py"/>
        <source>Enable some first.</source>
        <translation>Erst einige einschalten.</translation>
    </message>
    <message>
        <location filename="../../ui/panels/review_tools.py"/>
        <source>Enter, or double-click in the table</source>
        <translation>Enter, oder Doppelklick in der Tabelle</translation>
    </message>
    <message>
        <location filename="../../ui/panels/accuracy_panel.py"/>
        <source>Errors may line up; more points would tell.</source>
        <translation>Die Fehler haben vielleicht eine Richtung; mehr Punkte würden es zeigen.</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/soma.py"/>
        <source>Estimates an affine motion and a dense flow with certainty by a network trained on real optical-SAR pairs; needs torch.</source>
        <translation>Schätzt eine affine Bewegung und einen dichten Fluss samt Sicherheit mit einem Netz, das an echten Paaren aus optischem und Radarbild gelernt hat; braucht torch.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/assessgcps.py"/>
        <source>Every figure, for programs.</source>
        <translation>Alle Zahlen, für Programme.</translation>
    </message>
    <message>
        <location filename="../../plugin/reviewing/walk.py"/>
        <source>Every point has been judged.</source>
        <translation>Alle Punkte sind beurteilt.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/adapting.py"/>
        <source>Every point needs its two places.</source>
        <translation>Jeder Punkt braucht seine beiden Orte.</translation>
    </message>
    <message>
        <location filename="../../ui/views/compare_strip.py"/>
        <source>Exchange</source>
        <translation>Tauschen</translation>
    </message>
    <message>
        <location filename="../../plugin/core/points/ground_check.py"/>
        <source>Exchange the two columns of map coordinates.</source>
        <translation>Vertauschen Sie die beiden Spalten der Kartenkoordinaten.</translation>
    </message>
    <message>
        <location filename="../../ui/panels/review_tools.py"/>
        <source>Explain the point</source>
        <translation>Punkt erklären</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/explainer.py"/>
        <source>Explaining point {0} …</source>
        <translation>Punkt {0} wird erklärt …</translation>
    </message>
    <message>
        <location filename="../../ui/panels/review_panel.py"/>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/keeping.py"/>
        <source>Export control points</source>
        <translation>Passpunkte exportieren</translation>
    </message>
    <message>
        <location filename="../../plugin/gis/rasters.py"/>
        <source>Export the part you need to a GeoTIFF first (layer menu &gt; Export).</source>
        <translation>Erst den nötigen Teil als GeoTIFF exportieren (Layermenü &gt; Exportieren).</translation>
    </message>
    <message>
        <location filename="../../plugin/gis/displacement_layer.py"/>
        <source>Extrapolated</source>
        <translation>Extrapoliert</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/registerimages.py"/>
        <source>Fail when there is no reliable alignment</source>
        <translation>Fehler, wenn es keine verlässliche Ausrichtung gibt</translation>
    </message>
    <message>
        <location filename="../../plugin/core/points/geojson_points.py"/>
        <source>Feature {0}: the id {1} is also that of feature {2}.</source>
        <translation>Objekt {0}: Die Nummer {1} hat auch Objekt {2}.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/points/geojson_points.py"/>
        <source>Feature {0}: {1}.</source>
        <translation>Objekt {0}: {1}.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/assessgcps.py"/>
        <source>Figures</source>
        <translation>Zahlen</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>File format of the output.</source>
        <translation>Dateiformat der Ausgabe.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/adaptnetwork.py"/>
        <source>File of the adapted weights; empty where they were no better</source>
        <translation>Datei der nachgelernten Gewichte; leer, wo sie nicht besser waren</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/network.py"/>
        <source>File of weights made by `train`; empty = the ones that came with the plugin.</source>
        <translation>Gewichtsdatei von `train`; leer = die mitgelieferten.</translation>
    </message>
    <message>
        <location filename="../../ui/parts/params_form.py"/>
        <source>Files ({0})</source>
        <translation>Dateien ({0})</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/session.py"/>
        <source>Find tie points</source>
        <translation>Verknüpfungspunkte suchen</translation>
    </message>
    <message>
        <location filename="../../plugin/reviewing/files.py"/>
        <source>Find tie points first.</source>
        <translation>Erst Verknüpfungspunkte suchen.</translation>
    </message>
    <message>
        <location filename="../../plugin/reviewing/files.py"/>
        <source>Find tie points first; imported or added points have no command.</source>
        <translation>Erst Verknüpfungspunkte suchen; importierte oder hinzugefügte Punkte haben keinen Befehl.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/worker.py"/>
        <source>Find tie points in the dock and allow it when you are asked, or copy the data to this computer.</source>
        <translation>Suchen Sie Verknüpfungspunkte im Dock und erlauben Sie es, wenn Sie gefragt werden, oder kopieren Sie die Daten auf diesen Rechner.</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/accuracy.py"/>
        <source>Find tie points or add some by hand first.</source>
        <translation>Erst Verknüpfungspunkte suchen oder einige von Hand hinzufügen.</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/adapting.py"/>
        <source>Find tie points, or add some by hand, first.</source>
        <translation>Erst Verknüpfungspunkte suchen oder einige von Hand hinzufügen.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/matchimages.py"/>
        <source>Finds tie points between a reference and a sensed raster (SAR with optical, or optical with optical), filters them and judges the fit. All points are written, the disabled ones with their reason. When the evidence is too weak for an alignment, STATUS is no_reliable_alignment and the figures are empty, so that a model can branch. Lengths are in pixels of the reference unless said otherwise; accuracies are relative to the reference.</source>
        <translation>Sucht Verknüpfungspunkte zwischen Referenz und Suchbild (SAR mit Optik oder Optik mit Optik), filtert sie und beurteilt die Anpassung. Alle Punkte werden geschrieben, die abgeschalteten mit ihrem Grund. Reicht die Evidenz nicht für eine Ausrichtung, ist STATUS no_reliable_alignment und die Zahlen bleiben leer, damit ein Modell verzweigen kann. Längen sind in Pixeln der Referenz, wenn nichts anderes dabeisteht; Genauigkeiten gelten relativ zur Referenz.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/registerimages.py"/>
        <source>Finds tie points between a reference and a sensed raster, fits a model and writes the warped sensed raster. Data type, bands and nodata are kept; the input is never changed. When the evidence is too weak no raster is written and the algorithm fails; with 'Fail when there is no reliable alignment' off it ends with STATUS = no_reliable_alignment, so that a model can branch. Lengths are in pixels of the reference unless said otherwise; accuracies are relative to the reference.</source>
        <translation>Sucht Verknüpfungspunkte zwischen Referenz und Suchbild, passt ein Modell an und schreibt das entzerrte Suchbild. Datentyp, Kanäle und NoData bleiben erhalten; die Eingabe wird nie verändert. Reicht die Evidenz nicht, wird kein Raster geschrieben und der Algorithmus schlägt fehl; ist „Fehler, wenn es keine verlässliche Ausrichtung gibt“ aus, endet er mit STATUS = no_reliable_alignment, damit ein Modell verzweigen kann. Längen sind in Pixeln der Referenz, wenn nichts anderes dabeisteht; Genauigkeiten gelten relativ zur Referenz.</translation>
    </message>
    <message>
        <location filename="../../ui/views/advisor_table.py"/>
        <source>Fit</source>
        <translation>Anp.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/report_page.py"/>
        <source>Fit RMSE</source>
        <translation>Anpassungs-RMSE</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/assessment_page.py"/>
        <source>Fit RMSE [px]</source>
        <translation>Anpassungs-RMSE [px]</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/assessgcps.py"/>
        <source>Fit RMSE [reference px]</source>
        <translation>Anpassungs-RMSE [Referenz-px]</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/warpraster.py"/>
        <source>Fits a model to the enabled control points of a layer (made by 'Find tie points' or 'Import control points', perhaps edited) or of a .points, .csv or .geojson file, and warps every band of the sensed raster. Data type, bands and nodata are kept; the input is never changed. Needs no matching environment.</source>
        <translation>Passt ein Modell an die eingeschalteten Passpunkte eines Layers (aus „Verknüpfungspunkte suchen“ oder „Passpunkte importieren“, vielleicht bearbeitet) oder einer Datei .points, .csv oder .geojson an und entzerrt alle Kanäle des Suchbilds. Datentyp, Kanäle und NoData bleiben erhalten; die Eingabe wird nie verändert. Braucht keine Matching-Umgebung.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/assessgcps.py"/>
        <source>Fits every model to the enabled control points and tells its fit, leave-one-out and hold-out RMSE, CE90 and coverage, the residual of every point, and which model the advisor recommends: the simplest whose hold-out RMSE is within one standard error of the best. Lengths are in pixels of the reference: RMSE = sqrt(mean(dx² + dy²)).</source>
        <translation>Passt jedes Modell an die eingeschalteten Passpunkte an und nennt Anpassungs-, Leave-one-out- und Hold-out-RMSE, CE90 und Abdeckung, das Residuum jedes Punktes und welches Modell der Berater empfiehlt: das einfachste, dessen Hold-out-RMSE innerhalb eines Standardfehlers vom besten liegt. Längen sind in Pixeln der Referenz: RMSE = sqrt(Mittel(dx² + dy²)).</translation>
    </message>
    <message>
        <location filename="../../ui/panels/review_tools.py"/>
        <source>Flicker</source>
        <translation>Wechselbild</translation>
    </message>
    <message>
        <location filename="../../plugin/gis/displacement_layer.py"/>
        <source>Folded</source>
        <translation>Gefaltet</translation>
    </message>
    <message>
        <location filename="../../ui/settings_page.py"/>
        <source>Folder of &amp;wheels</source>
        <translation>&amp;Ordner mit Wheels</translation>
    </message>
    <message>
        <location filename="../../ui/settings_page.py"/>
        <source>Folder of wheels</source>
        <translation>Ordner mit Wheels</translation>
    </message>
    <message>
        <location filename="../../ui/panels/accuracy_panel.py"/>
        <source>Folds</source>
        <translation>Faltungen</translation>
    </message>
    <message>
        <location filename="../../ui/panels/accuracy_panel.py"/>
        <source>Follow the advice</source>
        <translation>Dem Rat folgen</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Format</source>
        <translation>Format</translation>
    </message>
    <message>
        <location filename="../../ui/panels/vector_choice.py"/>
        <source>From the point to where the fit puts it</source>
        <translation>Vom Punkt dorthin, wohin ihn die Anpassung legt</translation>
    </message>
    <message>
        <location filename="../../ui/panels/vector_choice.py"/>
        <source>From where the sensed raster lies now to its place in the reference</source>
        <translation>Von der jetzigen Lage des Suchbilds zu seinem Ort in der Referenz</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Frost 7x7</source>
        <translation>Frost 7x7</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/keeping.py"/>
        <source>GDAL script</source>
        <translation>GDAL-Skript</translation>
    </message>
    <message>
        <location filename="../../ui/parts/export_menu.py"/>
        <source>GDAL script …</source>
        <translation>GDAL-Skript …</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>GPU (CUDA)</source>
        <translation>GPU (CUDA)</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/mutual_information.py"/>
        <source>Gaussian blur before comparing.</source>
        <translation>Gaußsche Glättung vor dem Vergleich.</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/cfog.py"/>
        <source>Gaussian blur before the gradient.</source>
        <translation>Gaußsche Glättung vor dem Gradienten.</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/cfog.py"/>
        <source>Gaussian blur of each channel.</source>
        <translation>Gaußsche Glättung jedes Kanals.</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/phase_congruency.py"/>
        <source>Gaussian blur of each orientation channel.</source>
        <translation>Gaußsche Glättung jedes Richtungskanals.</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/keeping.py"/>
        <source>GeoJSON</source>
        <translation>GeoJSON</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>GeoTIFF</source>
        <translation>GeoTIFF</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/registerimages.py"/>
        <source>GeoTIFF in the CRS of the reference. It appears only when it is complete.</source>
        <translation>GeoTIFF im KBS der Referenz. Es erscheint erst, wenn es vollständig ist.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/warpraster.py"/>
        <source>GeoTIFF. It appears only when it is complete.</source>
        <translation>GeoTIFF. Es erscheint erst, wenn es vollständig ist.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Georeference only</source>
        <translation>Nur georeferenzieren</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/read/georeferencing.py"/>
        <source>Give WKT or an authority code such as EPSG:32633.</source>
        <translation>WKT oder einen Code wie EPSG:32633 angeben.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/outputs.py"/>
        <source>Give a file name.</source>
        <translation>Einen Dateinamen angeben.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/adaptnetwork.py"/>
        <source>Give a layer or a file of control points.</source>
        <translation>Einen Layer oder eine Datei mit Passpunkten angeben.</translation>
    </message>
    <message>
        <location filename="../../ui/parts/params_form.py"/>
        <source>Give a number, or nothing for automatic.</source>
        <translation>Eine Zahl angeben, oder nichts für automatisch.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/output/fill.py"/>
        <source>Give another nodata value.</source>
        <translation>Einen anderen NoData-Wert angeben.</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/registry.py"/>
        <source>Give both on one grid.</source>
        <translation>Geben Sie beide auf demselben Gitter an.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/outputs.py"/>
        <source>Give each a name of its own.</source>
        <translation>Jeder einen eigenen Namen geben.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/points/csv_points.py"/>
        <source>Give each point its own id.</source>
        <translation>Jedem Punkt eine eigene Nummer geben.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/deliver/explain.py"/>
        <source>Give map coordinates of the reference's CRS, or pixels where it has none.</source>
        <translation>Kartenkoordinaten im KBS der Referenz angeben, oder Pixel, wo sie keines hat.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/outputs.py"/>
        <source>Give the name of a file.</source>
        <translation>Den Namen einer Datei angeben.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/points/own_grid.py"/>
        <source>Give the reference raster too, or add points.</source>
        <translation>Auch das Referenzraster angeben, oder Punkte hinzufügen.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/control.py"/>
        <source>Give the reference raster too.</source>
        <translation>Auch das Referenzraster angeben.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/control.py"/>
        <source>Gives the output's CRS and, for 'Snap to reference grid', its pixels. May be left out where the points have a CRS.</source>
        <translation>Gibt das KBS der Ausgabe und, für „Auf Referenzgitter einrasten“, deren Pixel. Kann entfallen, wo die Punkte ein KBS haben.</translation>
    </message>
    <message>
        <location filename="../../ui/panels/review_progress.py"/>
        <source>Go on</source>
        <translation>Weitergehen</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/gradient_ncc.py"/>
        <source>Gradient NCC</source>
        <translation>Gradienten-NCC</translation>
    </message>
    <message>
        <location filename="../../ui/parts/help.py"/>
        <source>Help</source>
        <translation>Hilfe</translation>
    </message>
    <message>
        <location filename="../../ui/panels/explain_dialog.py"/>
        <source>Help (works offline)</source>
        <translation>Hilfe (ohne Netz)</translation>
    </message>
    <message>
        <location filename="../../ui/panels/review_tools.py"/>
        <source>Histogram</source>
        <translation>Histogramm</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/mutual_information.py"/>
        <source>Histogram bins</source>
        <translation>Histogrammklassen</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/report_page.py"/>
        <source>Hold-out</source>
        <translation>Hold-out</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/report_page.py"/>
        <source>Hold-out RMSE &lt;b&gt;{0} px&lt;/b&gt;, leave-one-out {1} px, CE90 {2} px.</source>
        <translation>Hold-out-RMSE &lt;b&gt;{0} px&lt;/b&gt;, Leave-one-out {1} px, CE90 {2} px.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/assessment_page.py"/>
        <source>Hold-out RMSE [px]</source>
        <translation>Hold-out-RMSE [px]</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/assessgcps.py"/>
        <source>Hold-out RMSE [reference px]</source>
        <translation>Hold-out-RMSE [Referenz-px]</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/msa_net.py"/>
        <source>How far from its expected place a match is sought, at most the search radius.</source>
        <translation>Wie weit von der erwarteten Stelle ein Treffer gesucht wird, höchstens der Suchradius.</translation>
    </message>
    <message>
        <location filename="../../ui/settings_page.py"/>
        <source>How far the environment is</source>
        <translation>Wie weit die Umgebung ist</translation>
    </message>
    <message>
        <location filename="../../ui/dock.py"/>
        <source>How far the run or the warp is</source>
        <translation>Wie weit der Lauf oder das Entzerren ist</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/adaptnetwork.py"/>
        <source>How long the network is trained; reading and measuring come on top.</source>
        <translation>Wie lange das Netz lernt; Lesen und Messen kommen hinzu.</translation>
    </message>
    <message>
        <location filename="../../ui/panels/vector_choice.py"/>
        <source>How much longer than life the vectors on the map are drawn</source>
        <translation>Wievielfach vergrößert die Vektoren auf der Karte gezeichnet werden</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>How the samples of the SAR raster are to be read.</source>
        <translation>Wie die Werte des SAR-Rasters zu lesen sind.</translation>
    </message>
    <message>
        <location filename="../../ui/panels/accuracy_panel.py"/>
        <source>Hull &lt;b&gt;{0:.0f} %&lt;/b&gt; of the image</source>
        <translation>Hülle &lt;b&gt;{0:.0f} %&lt;/b&gt; des Bildes</translation>
    </message>
    <message>
        <location filename="../../ui/views/points_model.py"/>
        <source>ID</source>
        <translation>Nr.</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/keeping.py"/>
        <source>Import control points</source>
        <translation>Passpunkte importieren</translation>
    </message>
    <message>
        <location filename="../../ui/panels/review_panel.py"/>
        <source>Import points</source>
        <translation>Punkte importieren</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/report_page.py"/>
        <source>In pixels of the reference. RMSE = √(mean(dx² + dy²)). Fit: at the fitted points; a small value proves little. Leave-one-out: each point predicted by a fit without it. Hold-out: each area predicted by a fit without it and its surroundings. CE90: 90 % of the leave-one-out errors are shorter. Coverage: hull of the points / area of the reference. The model in bold is the one of this report.</source>
        <translation>In Pixeln der Referenz. RMSE = √(Mittel(dx² + dy²)). Anpassung: an den angepassten Punkten; ein kleiner Wert beweist wenig. Leave-one-out: jeder Punkt vorhergesagt von einer Anpassung ohne ihn. Hold-out: jedes Gebiet vorhergesagt von einer Anpassung ohne es und seine Umgebung. CE90: 90 % der Leave-one-out-Fehler sind kürzer. Abdeckung: Hülle der Punkte / Fläche der Referenz. Das fette Modell ist das dieses Berichts.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/warpvector.py"/>
        <source>In the CRS of the reference.</source>
        <translation>Im KBS der Referenz.</translation>
    </message>
    <message>
        <location filename="../../plugin/work/environment.py"/>
        <source>Install Python 3.10 or later, or choose an existing interpreter.</source>
        <translation>Python 3.10 oder neuer installieren, oder einen vorhandenen Interpreter wählen.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/errors.py"/>
        <source>Install it in the worker's interpreter, or choose another matcher.</source>
        <translation>Im Interpreter des Arbeitsprozesses installieren, oder einen anderen Matcher wählen.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/align/verdict.py"/>
        <source>Install the plugin anew.</source>
        <translation>Die Erweiterung neu installieren.</translation>
    </message>
    <message>
        <location filename="../../plugin/work/environment.py"/>
        <source>Install them there, or choose another one in the settings.</source>
        <translation>Installieren Sie sie dort, oder wählen Sie in den Einstellungen einen anderen.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/adaptnetwork.py"/>
        <source>Instead of minutes: another run with as many steps learns exactly the same. 0 = by minutes.</source>
        <translation>Statt Minuten: Ein weiterer Lauf mit so vielen Schritten lernt genau dasselbe. 0 = nach Minuten.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Interpolation of the output; nearest for classes.</source>
        <translation>Interpolation der Ausgabe; nächster Nachbar für Klassen.</translation>
    </message>
    <message>
        <location filename="../../ui/settings_page.py"/>
        <source>Interpreter</source>
        <translation>Interpreter</translation>
    </message>
    <message>
        <location filename="../../ui/panels/match_panel.py"/>
        <source>Is moved onto the reference; usually the SAR image</source>
        <translation>Wird auf die Referenz verschoben; meist das SAR-Bild</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/matching.py"/>
        <source>Is moved; usually the SAR one.</source>
        <translation>Wird verschoben; meist das SAR-Raster.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/warpraster.py"/>
        <source>Is warped: the raster the points were found on, or a sibling on the same pixels (another polarisation).</source>
        <translation>Wird entzerrt: das Raster, auf dem die Punkte gefunden wurden, oder ein verwandtes auf denselben Pixeln (andere Polarisation).</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/read/sources.py"/>
        <source>It has {0} band(s).</source>
        <translation>Es hat {0} Kanäle.</translation>
    </message>
    <message>
        <location filename="../../plugin/work/worker_client.py"/>
        <source>It starts again at the next run.</source>
        <translation>Er startet beim nächsten Lauf von selbst.</translation>
    </message>
    <message>
        <location filename="../../plugin/reviewing/snapper.py"/>
        <source>It was cancelled.</source>
        <translation>Es wurde abgebrochen.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/exportpoints.py"/>
        <source>Its georeferencing gives the points their map coordinates.</source>
        <translation>Seine Georeferenzierung gibt den Punkten ihre Kartenkoordinaten.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/exportpoints.py"/>
        <source>Its georeferencing gives the points their source coordinates.</source>
        <translation>Seine Georeferenzierung gibt den Punkten ihre Quellkoordinaten.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/assessgcps.py"/>
        <source>Its pixels are the unit of every length.</source>
        <translation>Seine Pixel sind die Einheit aller Längen.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/exportpoints.py"/>
        <source>Its suffix tells its kind: .points, .csv or .geojson.</source>
        <translation>Die Endung bestimmt die Art: .points, .csv oder .geojson.</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/kd_cfm.py"/>
        <source>KD+CFM</source>
        <translation>KD+CFM</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/kd_cfm.py"/>
        <source>Keypoint threshold</source>
        <translation>Schwelle für Merkmalspunkte</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/sift.py"/>
        <source>Keypoints</source>
        <translation>Schlüsselpunkte</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fields.py"/>
        <source>Known: {0}.</source>
        <translation>Bekannt: {0}.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Lanczos</source>
        <translation>Lanczos</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Largest expected misplacement of the sensed raster; empty = automatic.</source>
        <translation>Größter erwarteter Lagefehler des Suchbilds; leer = automatisch.</translation>
    </message>
    <message>
        <location filename="../../ui/panels/accuracy_panel.py"/>
        <source>Largest gap: radius &lt;b&gt;{0:.0f} px&lt;/b&gt;{1}</source>
        <translation>Größte Lücke: Radius &lt;b&gt;{0:.0f} px&lt;/b&gt;{1}</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Largest number of tie points</source>
        <translation>Höchstzahl der Verknüpfungspunkte</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/sift.py"/>
        <source>Largest ratio of best to second-best descriptor distance.</source>
        <translation>Größtes Verhältnis vom besten zum zweitbesten Deskriptorabstand.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/report_page.py"/>
        <source>Largest residuals</source>
        <translation>Größte Residuen</translation>
    </message>
    <message>
        <location filename="../../ui/panels/review_tools.py"/>
        <source>Lasso</source>
        <translation>Lasso</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/msa_net.py"/>
        <source>Least contrast of a keypoint on the moment map.</source>
        <translation>Kleinster Kontrast eines Merkmalspunkts auf der Momentenkarte.</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/msa_net.py"/>
        <source>Least distance of keypoints.</source>
        <translation>Kleinster Abstand der Merkmalspunkte.</translation>
    </message>
    <message>
        <location filename="../../ui/panels/review_tools.py"/>
        <source>Leave the selected points out; they stay in the list (R or Del)</source>
        <translation>Gewählte Punkte auslassen; sie bleiben in der Liste (R oder Entf)</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/report_page.py"/>
        <source>Leave-one-out</source>
        <translation>Leave-one-out</translation>
    </message>
    <message>
        <location filename="../../ui/panels/accuracy_panel.py"/>
        <source>Leave-one-out RMS {0} along {1}, {2} across ({3}).</source>
        <translation>Leave-one-out-RMS {0} entlang {1}, {2} quer ({3}).</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/assessgcps.py"/>
        <source>Leave-one-out RMSE [map units]</source>
        <translation>Leave-one-out-RMSE [Karteneinheiten]</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/assessment_page.py"/>
        <source>Leave-one-out RMSE [px]</source>
        <translation>Leave-one-out-RMSE [px]</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/assessgcps.py"/>
        <source>Leave-one-out RMSE [reference px]</source>
        <translation>Leave-one-out-RMSE [Referenz-px]</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/assessment_page.py"/>
        <source>Leave-one-out [px]</source>
        <translation>Leave-one-out [px]</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Lee 7x7</source>
        <translation>Lee 7x7</translation>
    </message>
    <message>
        <location filename="../../ui/views/point_histogram.py"/>
        <source>Length of the error of a point in a fit without it, reference px; of the residual for points out of the fit</source>
        <translation>Länge des Fehlers eines Punktes in einer Anpassung ohne ihn, Referenz-px; bei Punkten außerhalb der Anpassung des Residuums</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/adaptnetwork.py"/>
        <source>Length of the training [min]</source>
        <translation>Dauer des Lernens [min]</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/adaptnetwork.py"/>
        <source>Length of the training in steps</source>
        <translation>Dauer des Lernens in Schritten</translation>
    </message>
    <message>
        <location filename="../../ui/parts/adapt_menu.py"/>
        <source>Length of the training; QGIS stays usable meanwhile, and it can be cancelled</source>
        <translation>Dauer des Lernens; QGIS bleibt währenddessen bedienbar, und es lässt sich abbrechen</translation>
    </message>
    <message>
        <location filename="../../ui/views/point_histogram.py"/>
        <source>Length of transform(sensed) - reference, reference px</source>
        <translation>Länge von Transformation(Suchbild) - Referenz, Referenz-px</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/report_page.py"/>
        <source>Lengths are in pixels of the reference; accuracies are relative to the reference, which has errors of its own.</source>
        <translation>Längen sind in Pixeln der Referenz; Genauigkeiten gelten relativ zur Referenz, die eigene Fehler hat.</translation>
    </message>
    <message>
        <location filename="../../plugin/reviewing/report.py"/>
        <source>Lengths of the residuals in the fit.</source>
        <translation>Längen der Residuen in der Anpassung.</translation>
    </message>
    <message>
        <location filename="../../ui/panels/review_tools.py"/>
        <source>Let both chips take turns in one (Space or F)</source>
        <translation>Beide Ausschnitte im Wechsel zeigen (Leertaste oder F)</translation>
    </message>
    <message>
        <location filename="../../ui/panels/accuracy_panel.py"/>
        <source>Let it follow the advice from now on</source>
        <translation>Künftig dem Rat folgen lassen</translation>
    </message>
    <message>
        <location filename="../../ui/settings_page.py"/>
        <source>Let no file be read over the network any more without asking; at once</source>
        <translation>Ab sofort wird keine Datei mehr ungefragt über das Netz gelesen</translation>
    </message>
    <message>
        <location filename="../../plugin/core/output/plan.py"/>
        <source>Let the raster be resampled.</source>
        <translation>Lassen Sie das Raster umrechnen.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/warpvector.py"/>
        <source>Lies on the sensed raster as it is georeferenced now; any CRS.</source>
        <translation>Liegt auf dem Suchbild, wie es jetzt georeferenziert ist; beliebiges KBS.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/points/geojson_points.py"/>
        <source>Line 1: not a GeoJSON FeatureCollection.</source>
        <translation>Zeile 1: keine GeoJSON-FeatureCollection.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/points/csv_points.py"/>
        <source>Line 1: the columns {0} are missing.</source>
        <translation>Zeile 1: Die Spalten {0} fehlen.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/points/qgis_points.py"/>
        <source>Line {0}</source>
        <translation>Zeile {0}</translation>
    </message>
    <message>
        <location filename="../../plugin/core/points/qgis_points.py"/>
        <source>Line {0}: coordinates must be finite.</source>
        <translation>Zeile {0}: Koordinaten müssen endlich sein.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/points/qgis_points.py"/>
        <source>Line {0}: expected at least {1} columns, found {2}.</source>
        <translation>Zeile {0}: mindestens {1} Spalten erwartet, {2} gefunden.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/points/geojson_points.py"/>
        <source>Line {0}: not JSON: {1}.</source>
        <translation>Zeile {0}: kein JSON: {1}.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/points/qgis_points.py"/>
        <source>Line {0}: not a .points file, its header mapX,mapY,sourceX,sourceY is missing.</source>
        <translation>Zeile {0}: keine .points-Datei, ihr Kopf mapX,mapY,sourceX,sourceY fehlt.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/points/csv_points.py"/>
        <source>Line {0}: not a CSV file: {1}.</source>
        <translation>Zeile {0}: keine CSV-Datei: {1}.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/points/qgis_points.py"/>
        <source>Line {0}: the header lacks one of the columns mapX, mapY, sourceX and sourceY.</source>
        <translation>Zeile {0}: Der Kopfzeile fehlt eine der Spalten mapX, mapY, sourceX und sourceY.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/points/csv_points.py"/>
        <source>Line {0}: the id {1} is also on line {2}.</source>
        <translation>Zeile {0}: Die Nummer {1} steht auch in Zeile {2}.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/points/foreign_points.py"/>
        <source>Line {0}: the point has no place in the rasters' coordinates.</source>
        <translation>Zeile {0}: Der Punkt hat keinen Ort in den Koordinaten der Raster.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/points/qgis_points.py"/>
        <source>Line {0}: {1} holds something that is not a number.</source>
        <translation>Zeile {0}: {1} enthält etwas, das keine Zahl ist.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/points/files.py"/>
        <source>Line {0}: {1} is not a text file.</source>
        <translation>Zeile {0}: {1} ist keine Textdatei.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/points/foreign_points.py"/>
        <source>Line {0}: {1} must be finite.</source>
        <translation>Zeile {0}: {1} muss endlich sein.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/points/foreign_points.py"/>
        <source>Line {0}: {1} must be numbers.</source>
        <translation>Zeile {0}: {1} müssen Zahlen sein.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/points/csv_points.py"/>
        <source>Line {0}: {1}.</source>
        <translation>Zeile {0}: {1}.</translation>
    </message>
    <message>
        <location filename="../../ui/views/compare_strip.py"/>
        <source>Live preview</source>
        <translation>Live-Vorschau</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/phase_congruency.py"/>
        <source>Log-Gabor orientations.</source>
        <translation>Log-Gabor-Richtungen.</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/phase_congruency.py"/>
        <source>Log-Gabor scales, wavelengths 3 px and its doublings.</source>
        <translation>Log-Gabor-Skalen, Wellenlängen 3 px und ihre Verdopplungen.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Look for a rotation within 12 degrees and a scale of 0.85 to 1.15 before matching; where both rasters are georeferenced, only if a shift is not enough.</source>
        <translation>Vor dem Matching eine Drehung bis 12 Grad und einen Maßstab von 0,85 bis 1,15 suchen; bei zwei georeferenzierten Rastern nur, wenn eine Verschiebung nicht genügt.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Lossless compression of the output.</source>
        <translation>Verlustfreie Kompression der Ausgabe.</translation>
    </message>
    <message>
        <location filename="../../ui/views/point_histogram.py"/>
        <source>Lower end of the range</source>
        <translation>Unteres Ende des Bereichs</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/kd_cfm.py"/>
        <source>Lowest entry of the matching matrix that makes a match.</source>
        <translation>Kleinster Eintrag der Zuordnungsmatrix, der noch als Zuordnung gilt.</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/kd_cfm.py"/>
        <source>Lowest probability</source>
        <translation>Kleinste Wahrscheinlichkeit</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/kd_cfm.py"/>
        <source>Lowest score of a keypoint; the paper takes 0.6, the strongest of each window are used anyway.</source>
        <translation>Kleinster Wert eines Merkmalspunkts; die Veröffentlichung nimmt 0,6, die stärksten jedes Fensters werden ohnehin benutzt.</translation>
    </message>
    <message>
        <location filename="../../ui/panels/match_panel.py"/>
        <source>M&amp;odel</source>
        <translation>M&amp;odell</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>MB</source>
        <translation>MB</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/me_ssm.py"/>
        <source>ME-SSM</source>
        <translation>ME-SSM</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/msa_net.py"/>
        <source>MSA-Net</source>
        <translation>MSA-Net</translation>
    </message>
    <message>
        <location filename="../../ui/settings_page.py"/>
        <source>Make re&amp;port</source>
        <translation>&amp;Bericht erstellen</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/protocol.py"/>
        <source>Make room on the disk.</source>
        <translation>Platz auf dem Datenträger schaffen.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/outputs.py"/>
        <source>Make room or choose another folder.</source>
        <translation>Platz schaffen oder einen anderen Ordner wählen.</translation>
    </message>
    <message>
        <location filename="../../ui/settings_page.py"/>
        <source>Make the environment anew; takes some minutes and needs the network or a folder of wheels</source>
        <translation>Die Umgebung neu anlegen; dauert einige Minuten und braucht das Netz oder einen Ordner mit Wheels</translation>
    </message>
    <message>
        <location filename="../../plugin/work/environment.py"/>
        <source>Making the environment</source>
        <translation>Umgebung wird angelegt</translation>
    </message>
    <message>
        <location filename="../../ui/parts/export_menu.py"/>
        <source>Maps before and after, best and worst points, residuals, models and where all of it comes from, as PDF or HTML</source>
        <translation>Karten vorher und nachher, beste und schlechteste Punkte, Residuen, Modelle und die Herkunft von allem, als PDF oder HTML</translation>
    </message>
    <message>
        <location filename="../../ui/panels/match_panel.py"/>
        <source>Match the two rasters in the background; QGIS stays usable</source>
        <translation>Die beiden Raster im Hintergrund abgleichen; QGIS bleibt bedienbar</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Matcher</source>
        <translation>Matcher</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/fields.py"/>
        <source>Matcher parameter {0}: {1} is not of type {2}.</source>
        <translation>Matcher-Parameter {0}: {1} ist nicht vom Typ {2}.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/report_page.py"/>
        <source>Matcher parameters</source>
        <translation>Matcher-Parameter</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/fields.py"/>
        <source>Matcher parameters need a matcher.</source>
        <translation>Matcher-Parameter brauchen einen Matcher.</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/registry.py"/>
        <source>Matcher {0}: kind is 'template' or 'pair', not {1}.</source>
        <translation>Matcher {0}: Die Art ist 'template' oder 'pair', nicht {1}.</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/kd_cfm.py"/>
        <source>Matches</source>
        <translation>Zuordnungen</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/regnet_mamba2.py"/>
        <source>Matches every 8-px cell from coarse to fine with a state-space network that sees both images at once; needs torch.</source>
        <translation>Ordnet jede Zelle von 8 Pixeln von grob nach fein zu, mit einem Zustandsraum-Netz, das beide Bilder zugleich sieht; braucht torch.</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/sift.py"/>
        <source>Matches keypoints of similar images (optical with optical); not meant for SAR.</source>
        <translation>Verbindet Schlüsselpunkte ähnlicher Bilder (Optik mit Optik); nicht für SAR gedacht.</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/kd_cfm.py"/>
        <source>Matches learned keypoints by a network that looks at both images at once; sparse, for scenes with distinct structures, needs torch.</source>
        <translation>Ordnet gelernte Merkmalspunkte mit einem Netz zu, das beide Bilder zugleich sieht; wenige Punkte, für Szenen mit deutlichen Strukturen, braucht torch.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/read/sources.py"/>
        <source>Matching needs at least {0} px on each side.</source>
        <translation>Das Matching braucht mindestens {0} px auf jeder Seite.</translation>
    </message>
    <message>
        <location filename="../../ui/settings_page.py"/>
        <source>Matching runs in a Python of its own, so that nothing in QGIS can break. Reviewing and warping work without it. Your data never leave this computer.</source>
        <translation>Das Matching läuft in einem eigenen Python, damit in QGIS nichts kaputtgehen kann. Prüfen und Entzerren gehen ohne. Ihre Daten verlassen diesen Rechner nie.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/align/find.py"/>
        <source>Matching: tile {0} of {1}</source>
        <translation>Matching: Kachel {0} von {1}</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/align/fine.py"/>
        <source>Matching: {0} of {1} templates</source>
        <translation>Matching: {0} von {1} Mustern</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/session.py"/>
        <source>Measure</source>
        <translation>Messen</translation>
    </message>
    <message>
        <location filename="../../ui/panels/review_tools.py"/>
        <source>Measure the selected points but keep them out of the fit; again to undo (C)</source>
        <translation>Gewählte Punkte messen, aber aus der Anpassung heraushalten; nochmals: zurück (C)</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/learn/scene_windows.py"/>
        <source>Measuring at the points held back</source>
        <translation>Messen an den zurückgehaltenen Punkten</translation>
    </message>
    <message>
        <location filename="../../plugin/reviewing/snapper.py"/>
        <source>Measuring point {0} …</source>
        <translation>Punkt {0} wird gemessen …</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Median 5x5</source>
        <translation>Median 5x5</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Memory budget</source>
        <translation>Speicherbudget</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Minimum score</source>
        <translation>Mindest-Score</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/report_page.py"/>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <location filename="../../ui/views/advisor_table.py"/>
        <source>Model advisor</source>
        <translation>Modellberater</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/matching.py"/>
        <source>Model fitted</source>
        <translation>Angepasstes Modell</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/assessgcps.py"/>
        <source>Model of the numbers</source>
        <translation>Modell der Zahlen</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/assessgcps.py"/>
        <source>Model of the numbers and residuals; automatic takes the recommended one.</source>
        <translation>Modell der Zahlen und Residuen; automatisch nimmt das empfohlene.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/exportpoints.py"/>
        <source>Model of the residuals</source>
        <translation>Modell der Residuen</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/kd_cfm.py"/>
        <source>Most matches kept in each square of 96 px.</source>
        <translation>Höchstzahl der Zuordnungen je Quadrat von 96 px.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/session.py"/>
        <source>Move</source>
        <translation>Verschieben</translation>
    </message>
    <message>
        <location filename="../../plugin/core/outputs.py"/>
        <source>Move it away, or choose another name.</source>
        <translation>Sie wegräumen oder einen anderen Namen wählen.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/warpvector.py"/>
        <source>Moves a vector layer that was drawn on the sensed raster, or comes with it, to where the control points put that raster. Every vertex goes through the fitted model itself, without approximation; attributes, Z and M stay. Lines between vertices stay straight: where a curved model bends much over a long line, densify the layer first. Needs no matching environment.</source>
        <translation>Verschiebt einen Vektorlayer, der auf dem Suchbild gezeichnet wurde oder dazugehört, dorthin, wohin die Passpunkte dieses Raster legen. Jeder Stützpunkt geht ohne Näherung durch das angepasste Modell; Attribute, Z und M bleiben. Linien zwischen Stützpunkten bleiben gerade: Wo ein gekrümmtes Modell sich über eine lange Linie stark biegt, zuerst verdichten. Braucht keine Matching-Umgebung.</translation>
    </message>
    <message>
        <location filename="../../plugin/gis/vector_warp.py"/>
        <source>Moving features</source>
        <translation>Objekte werden verschoben</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/mutual_information.py"/>
        <source>Mutual information</source>
        <translation>Transinformation</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/read/sources.py"/>
        <source>Name one of its subdatasets.</source>
        <translation>Eines seiner Subdatasets nennen.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/read/opening.py"/>
        <source>Name the raster inside it: /vsizip/{0}/{1}</source>
        <translation>Das Raster darin nennen: /vsizip/{0}/{1}</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Nearest</source>
        <translation>Nächster Nachbar</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>Neither raster has a CRS: their coordinates are taken to be the same.</source>
        <translation>Keines der Raster hat ein KBS: Ihre Koordinaten gelten als dieselben.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>Neither raster has georeferencing: their pixels are compared as they are.</source>
        <translation>Keines der Raster ist georeferenziert: Ihre Pixel werden verglichen, wie sie sind.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/tie_point_fit.py"/>
        <source>No control point is enabled.</source>
        <translation>Kein Passpunkt ist eingeschaltet.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/output/gdal_script.py"/>
        <source>No control point is in the fit.</source>
        <translation>Kein Passpunkt ist in der Anpassung.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/control.py"/>
        <source>No control points are given.</source>
        <translation>Es sind keine Passpunkte angegeben.</translation>
    </message>
    <message>
        <location filename="../../plugin/store/settings.py"/>
        <source>No existing Python is chosen.</source>
        <translation>Es ist kein vorhandenes Python gewählt.</translation>
    </message>
    <message>
        <location filename="../../ui/panels/accuracy_panel.py"/>
        <source>No fold at places {0:.0f} px apart. Local scale {1:.3f} to {2:.3f}.</source>
        <translation>Keine Faltung an Stellen im Abstand von {0:.0f} px. Lokaler Maßstab {1:.3f} bis {2:.3f}.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/align/results.py"/>
        <source>No model can be fitted to the {0} tie points left: {1}</source>
        <translation>An die {0} verbliebenen Verknüpfungspunkte lässt sich kein Modell anpassen: {1}</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/warping.py"/>
        <source>No output file is given.</source>
        <translation>Es ist keine Ausgabedatei angegeben.</translation>
    </message>
    <message>
        <location filename="../../ui/panels/quality_panel.py"/>
        <source>No points yet.</source>
        <translation>Noch keine Punkte.</translation>
    </message>
    <message>
        <location filename="../../ui/panels/review_panel.py"/>
        <source>No points yet. Find tie points, import a file, or add some by hand.</source>
        <translation>Noch keine Punkte. Verknüpfungspunkte suchen, eine Datei importieren oder Punkte von Hand hinzufügen.</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/compare.py"/>
        <source>No preview: {0}</source>
        <translation>Keine Vorschau: {0}</translation>
    </message>
    <message>
        <location filename="../../plugin/work/environment.py"/>
        <source>No python was found to make the environment with.</source>
        <translation>Es wurde kein Python gefunden, um die Umgebung anzulegen.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>No raster given.</source>
        <translation>Kein Raster angegeben.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/align/verdict.py"/>
        <source>No reliable alignment: only {0} of {1} tie points agree with each other.</source>
        <translation>Keine verlässliche Ausrichtung: nur {0} von {1} Verknüpfungspunkten passen zueinander.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/quality.py"/>
        <source>No reliable alignment: {0} misses the tie points by {1} px (RMSE), more than they can be wrong by ({2} px). It cannot express how the rasters lie.</source>
        <translation>Keine verlässliche Ausrichtung: {0} verfehlt die Verknüpfungspunkte um {1} px (RMSE), mehr als sie falsch sein können ({2} px). Das Modell kann nicht ausdrücken, wie die Raster liegen.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/align/verdict.py"/>
        <source>No reliable alignment: {0} of {1} tie points agree, but hardly any of them is likely right.</source>
        <translation>Keine verlässliche Ausrichtung: {0} von {1} Passpunkten stimmen überein, aber kaum einer von ihnen ist wahrscheinlich richtig.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/align/verdict.py"/>
        <source>No reliable alignment: {0} of {1} tie points agree, but where they put the images these are hardly more alike than elsewhere (by {2} and {3} standard deviations; probability that the alignment is right {4} %).</source>
        <translation>Keine verlässliche Ausrichtung: {0} von {1} Passpunkten stimmen überein, aber dort, wohin sie die Bilder legen, sind diese kaum ähnlicher als anderswo (um {2} und {3} Standardabweichungen; Wahrscheinlichkeit, dass die Ausrichtung richtig ist, {4} %).</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/align/verdict.py"/>
        <source>No reliable alignment: {0} of {1} tie points contradict the others.</source>
        <translation>Keine verlässliche Ausrichtung: {0} von {1} Passpunkten widersprechen den anderen.</translation>
    </message>
    <message>
        <location filename="../../plugin/reviewing/files.py"/>
        <source>No run found these points.</source>
        <translation>Diese Punkte stammen aus keinem Lauf.</translation>
    </message>
    <message>
        <location filename="../../ui/panels/accuracy_panel.py"/>
        <source>No sign of relief: errors do not line up.</source>
        <translation>Kein Anzeichen von Relief: Die Fehler haben keine Richtung.</translation>
    </message>
    <message>
        <location filename="../../ui/panels/vector_choice.py"/>
        <source>No vectors</source>
        <translation>Keine Vektoren</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Nodata</source>
        <translation>NoData</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>None</source>
        <translation>Keine</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/record.py"/>
        <source>Not a session: {0}.</source>
        <translation>Keine Prüfung: {0}.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/transforms.py"/>
        <source>Not a transform: a number is missing, infinite or out of its range.</source>
        <translation>Keine Transformation: Eine Zahl fehlt, ist unendlich oder außerhalb ihres Bereichs.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/transforms.py"/>
        <source>Not a transform: its prior has a prior.</source>
        <translation>Keine Transformation: Ihre Vorgabe hat selbst eine Vorgabe.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/transforms.py"/>
        <source>Not a transform: {0} has {1} coefficients and two-dimensional centres.</source>
        <translation>Keine Transformation: {0} hat {1} Koeffizienten und zweidimensionale Zentren.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/report_page.py"/>
        <source>Note:</source>
        <translation>Hinweis:</translation>
    </message>
    <message>
        <location filename="../../plugin/reviewing/point_maker.py"/>
        <source>Now click the same ground where the sensed image shows it.</source>
        <translation>Jetzt dasselbe Gelände anklicken, wo das Suchbild es zeigt.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/session.py"/>
        <source>Nudge</source>
        <translation>Feinschieben</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/importpoints.py"/>
        <source>Number of enabled points</source>
        <translation>Zahl der eingeschalteten Punkte</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/exportpoints.py"/>
        <source>Number of points</source>
        <translation>Zahl der Punkte</translation>
    </message>
    <message>
        <location filename="../../ui/views/points_model.py"/>
        <source>Number of the point</source>
        <translation>Nummer des Punktes</translation>
    </message>
    <message>
        <location filename="../../ui/panels/warp_panel.py"/>
        <source>O&amp;utput file</source>
        <translation>A&amp;usgabedatei</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/registerimages.py"/>
        <source>Off: the algorithm ends with STATUS = no_reliable_alignment and writes no raster.</source>
        <translation>Aus: Der Algorithmus endet mit STATUS = no_reliable_alignment und schreibt kein Raster.</translation>
    </message>
    <message>
        <location filename="../../ui/panels/review_tools.py"/>
        <source>On the map: click or draw a rectangle to select; drag a point to correct its place in the reference.&lt;br&gt;It snaps to the nearest peak of the similarity; with Ctrl it stays where you drop it</source>
        <translation>Auf der Karte: Klick oder Rechteck wählt aus; einen Punkt ziehen berichtigt seinen Ort in der Referenz.&lt;br&gt;Er rastet am nächsten Ähnlichkeitsmaximum ein; mit Strg bleibt er, wo Sie ihn ablegen</translation>
    </message>
    <message>
        <location filename="../../plugin/core/points/own_grid.py"/>
        <source>One control point does not tell how large the pixels are.</source>
        <translation>Ein Passpunkt sagt nicht, wie groß die Pixel sind.</translation>
    </message>
    <message>
        <location filename="../../ui/views/compare_strip.py"/>
        <source>One layer in red, the other in cyan: fringes show a shift, grey shows agreement</source>
        <translation>Ein Layer in Rot, der andere in Cyan: Säume zeigen einen Versatz, Grau Übereinstimmung</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/assessgcps.py"/>
        <source>One page to read.</source>
        <translation>Eine Seite zum Lesen.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/matching.py"/>
        <source>One page with pictures before and after, residuals, chips of the best and worst points, every parameter and version.</source>
        <translation>Eine Seite mit Bildern vorher und nachher, Residuen, Ausschnitten der besten und schlechtesten Punkte, allen Parametern und Versionen.</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/soma.py"/>
        <source>One tie point in each square of this side, where the flow is most certain; rounded down to a multiple of 8 px.</source>
        <translation>Ein Passpunkt in jedem Quadrat dieser Seite, wo der Fluss am sichersten ist; abgerundet auf ein Vielfaches von 8 px.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/exportpoints.py"/>
        <source>Only for the columns dX, dY and residual of .points files.</source>
        <translation>Nur für die Spalten dX, dY und residual von .points-Dateien.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>Only {0} % of the smaller raster are covered by the other: points will be few, and outside them the fit extrapolates.</source>
        <translation>Nur {0} % des kleineren Rasters sind vom anderen bedeckt: Es wird wenige Punkte geben, und außerhalb extrapoliert die Anpassung.</translation>
    </message>
    <message>
        <location filename="../../ui/views/compare_strip.py"/>
        <source>Opacity</source>
        <translation>Deckkraft</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/keeping.py"/>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <location filename="../../ui/panels/match_panel.py"/>
        <source>Open the settings, where the Python for matching is made or chosen</source>
        <translation>Die Einstellungen öffnen, wo das Python für das Matching angelegt oder gewählt wird</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/matching.py"/>
        <source>Opens in the QGIS Georeferencer.</source>
        <translation>Lässt sich in der QGIS-Georeferenzierung öffnen.</translation>
    </message>
    <message>
        <location filename="../../ui/views/points_model.py"/>
        <source>Order of the review, by influence x doubt: the probability that the match is wrong, given its score and leave-one-out error, times its leverage, times the length of that error. N and P walk along it; judged points show a dot</source>
        <translation>Reihenfolge der Prüfung, nach Einfluss x Zweifel: Wahrscheinlichkeit einer falschen Zuordnung, aus Score und Leave-one-out-Fehler, mal Hebel, mal Länge dieses Fehlers. N und P gehen sie entlang; beurteilte Punkte zeigen einen Punkt</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/cfog.py"/>
        <source>Orientation channels between 0 and 180 degrees.</source>
        <translation>Richtungskanäle zwischen 0 und 180 Grad.</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/cfog.py"/>
        <source>Orientations</source>
        <translation>Richtungen</translation>
    </message>
    <message>
        <location filename="../../ui/views/siblings_list.py"/>
        <source>Other bands, polarisations and masks of the sensed scene, and vector layers that lie on it.&lt;br&gt;Rasters may have other pixels than the sensed raster; those drawn with classes are resampled by nearest neighbour. Every vertex of a vector layer goes through the fit itself.&lt;br&gt;Written beside the output as &lt;i&gt;name&lt;/i&gt;_aligned.tif or .gpkg; nothing is replaced.</source>
        <translation>Andere Kanäle, Polarisationen und Masken der Szene sowie Vektorlayer, die darauf liegen.&lt;br&gt;Raster dürfen andere Pixel haben als das Suchbild; mit Klassen dargestellte werden mit dem nächsten Nachbarn resampelt. Jeder Stützpunkt eines Vektorlayers geht durch die Anpassung selbst.&lt;br&gt;Geschrieben neben die Ausgabe als &lt;i&gt;Name&lt;/i&gt;_aligned.tif oder .gpkg; nichts wird ersetzt.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Output GSD</source>
        <translation>Ausgabe-GSD</translation>
    </message>
    <message>
        <location filename="../../ui/panels/warp_panel.py"/>
        <source>Output file</source>
        <translation>Ausgabedatei</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>Outside the image of the {0} raster: {1}. {2} % of its samples are image.</source>
        <translation>{0}, außerhalb des Bildes: {1}. {2} % der Werte sind Bild.</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/compare.py"/>
        <source>PREVIEW of {0}</source>
        <translation>VORSCHAU von {0}</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/matching.py"/>
        <source>Parameters of the matcher</source>
        <translation>Parameter des Matchers</translation>
    </message>
    <message>
        <location filename="../../plugin/reviewing/snapper.py"/>
        <source>Partner of point {0} found</source>
        <translation>Gegenstück von Punkt {0} gefunden</translation>
    </message>
    <message>
        <location filename="../../ui/views/heatmap.py"/>
        <source>Peak {0:.2f}</source>
        <translation>Maximum {0:.2f}</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/phase_congruency.py"/>
        <source>Phase congruency</source>
        <translation>Phasenkongruenz</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Pixel size at which images are compared; empty = the coarser of the two.</source>
        <translation>Pixelgröße, bei der die Bilder verglichen werden; leer = die gröbere der beiden.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Pixel size of the output; empty = that of the sensed raster.</source>
        <translation>Pixelgröße der Ausgabe; leer = die des Suchbilds.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>Pixels of reference and sensed raster; compared at {0} {1}.</source>
        <translation>Pixel von Referenz und Suchbild; verglichen mit {0} {1}.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>Pixels of {0} and {1} {2}: the finer raster is averaged {3} times, and points are good to a fraction of {4} {5} only.</source>
        <translation>Pixel von {0} und {1} {2}: Das feinere Raster wird {3}-fach gemittelt, und Punkte sind nur auf einen Bruchteil von {4} {5} genau.</translation>
    </message>
    <message>
        <location filename="../../ui/views/heatmap.py"/>
        <source>Pk. {0:.2f}</source>
        <translation>Max. {0:.2f}</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/report_page.py"/>
        <source>Point</source>
        <translation>Punkt</translation>
    </message>
    <message>
        <location filename="../../plugin/reviewing/point_text.py"/>
        <source>Point {0}</source>
        <translation>Punkt {0}</translation>
    </message>
    <message>
        <location filename="../../plugin/reviewing/point_maker.py"/>
        <source>Point {0} added. Click the next place in the reference, or press Escape.</source>
        <translation>Punkt {0} hinzugefügt. Nächste Stelle in der Referenz anklicken, oder Escape.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/control.py"/>
        <source>Point {0} has a position that is not a number.</source>
        <translation>Punkt {0} hat einen Ort, der keine Zahl ist.</translation>
    </message>
    <message>
        <location filename="../../plugin/reviewing/snapper.py"/>
        <source>Point {0} is where the fit puts it: there is no clear match (score {1:.2f}). Drag it, nudge it or undo.</source>
        <translation>Punkt {0} liegt, wo die Anpassung ihn erwartet: keine klare Übereinstimmung (Score {1:.2f}). Ziehen, feinschieben oder rückgängig.</translation>
    </message>
    <message>
        <location filename="../../plugin/reviewing/snapper.py"/>
        <source>Point {0} is where you put it; it could not be measured: {1}</source>
        <translation>Punkt {0} liegt, wo Sie ihn gesetzt haben; er konnte nicht gemessen werden: {1}</translation>
    </message>
    <message>
        <location filename="../../plugin/reviewing/snapper.py"/>
        <source>Point {0} is where you put it; no similarity is stored there.</source>
        <translation>Punkt {0} liegt, wo Sie ihn gesetzt haben; dort ist keine Ähnlichkeit gespeichert.</translation>
    </message>
    <message>
        <location filename="../../plugin/reviewing/snapper.py"/>
        <source>Point {0} snapped</source>
        <translation>Punkt {0} eingerastet</translation>
    </message>
    <message>
        <location filename="../../plugin/reviewing/snapper.py"/>
        <source>Point {0} would snap</source>
        <translation>Punkt {0} würde einrasten</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/explainer.py"/>
        <source>Point {0}: what the matcher sees</source>
        <translation>Punkt {0}: was der Matcher sieht</translation>
    </message>
    <message>
        <location filename="../../plugin/reviewing/snapper.py"/>
        <source>Point {0}: {1:.2f} px from where the others put it</source>
        <translation>Punkt {0}: {1:.2f} px von dort, wohin ihn die anderen legen</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/report_page.py"/>
        <source>Points</source>
        <translation>Punkte</translation>
    </message>
    <message>
        <location filename="../../ui/panels/review_panel.py"/>
        <source>Points as a file or a layer, a GDAL script, the Processing command, a report</source>
        <translation>Punkte als Datei oder Layer, ein GDAL-Skript, der Verarbeitungsbefehl, ein Bericht</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/importpoints.py"/>
        <source>Points at their places in the reference.</source>
        <translation>Punkte an ihren Stellen in der Referenz.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/state.py"/>
        <source>Points cannot be edited while a run is finding them.</source>
        <translation>Während ein Lauf Punkte sucht, lassen sie sich nicht bearbeiten.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/adaptnetwork.py"/>
        <source>Points held back</source>
        <translation>Zurückgehaltene Punkte</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/assessgcps.py"/>
        <source>Points in the fit</source>
        <translation>Punkte in der Anpassung</translation>
    </message>
    <message>
        <location filename="../../ui/views/point_histogram.py"/>
        <source>Points in the range: {0}</source>
        <translation>Punkte im Bereich: {0}</translation>
    </message>
    <message>
        <location filename="../../ui/panels/review_progress.py"/>
        <source>Points judged</source>
        <translation>Beurteilte Punkte</translation>
    </message>
    <message>
        <location filename="../../ui/panels/review_progress.py"/>
        <source>Points judged, of those that the filters kept or that you have judged.&lt;br&gt;N next and P previous point of the review queue</source>
        <translation>Beurteilte Punkte, von denen, die die Filter behielten oder die Sie beurteilt haben.&lt;br&gt;N nächster und P voriger Punkt der Reihenfolge</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/report_page.py"/>
        <source>Points left out</source>
        <translation>Ausgelassene Punkte</translation>
    </message>
    <message>
        <location filename="../../plugin/core/geometry/coords.py"/>
        <source>Points must have shape (N, 2), got {0}.</source>
        <translation>Punkte müssen die Form (N, 2) haben, nicht {0}.</translation>
    </message>
    <message>
        <location filename="../../ui/panels/vector_choice.py"/>
        <source>Points only</source>
        <translation>Nur Punkte</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/keeping.py"/>
        <source>Points read from {1}: {0}</source>
        <translation>Aus {1} gelesene Punkte: {0}</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/keeping.py"/>
        <source>Points restored: {0}, reviewed: {1} (last change {2}).</source>
        <translation>Wiederhergestellte Punkte: {0}, geprüft: {1} (letzte Änderung {2}).</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/adaptnetwork.py"/>
        <source>Points trained on</source>
        <translation>Gelernte Punkte</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/assessment_page.py"/>
        <source>Points under {0}, worst first</source>
        <translation>Punkte mit {0}, die schlechtesten zuerst</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/control.py"/>
        <source>Points {0} share the {1} position {2} px but differ by {3} px on the other side.</source>
        <translation>Die Punkte {0} teilen den Ort {2} px ({1}), liegen auf der anderen Seite aber {3} px auseinander.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/transforms.py"/>
        <source>Polynomial 1</source>
        <translation>Polynom 1</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/transforms.py"/>
        <source>Polynomial 2</source>
        <translation>Polynom 2</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/transforms.py"/>
        <source>Polynomial 3</source>
        <translation>Polynom 3</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Power (intensity)</source>
        <translation>Leistung (Intensität)</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/adapting.py"/>
        <source>Press Find tie points to match with them.</source>
        <translation>Verknüpfungspunkte suchen drücken, um mit ihnen zu suchen.</translation>
    </message>
    <message>
        <location filename="../../ui/views/compare_strip.py"/>
        <source>Preview</source>
        <translation>Vorschau</translation>
    </message>
    <message>
        <location filename="../../ui/views/point_histogram.py"/>
        <source>Probability (0 to 1) that the match is right</source>
        <translation>Wahrscheinlichkeit (0 bis 1), dass die Zuordnung stimmt</translation>
    </message>
    <message>
        <location filename="../../ui/views/points_model.py"/>
        <source>Probability (0 to 1) that the match is within 2 px of the truth, learnt from real pairs</source>
        <translation>Wahrscheinlichkeit (0 bis 1), dass die Zuordnung auf 2 px stimmt, gelernt aus echten Paaren</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Processor threads to use; 0 = all.</source>
        <translation>Prozessor-Threads; 0 = alle.</translation>
    </message>
    <message>
        <location filename="../../ui/dock.py"/>
        <source>Progress</source>
        <translation>Fortschritt</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/transforms.py"/>
        <source>Projective</source>
        <translation>Projektiv</translation>
    </message>
    <message>
        <location filename="../../ui/settings_page.py"/>
        <source>Put the report on the clipboard</source>
        <translation>Den Bericht in die Zwischenablage legen</translation>
    </message>
    <message>
        <location filename="../../ui/panels/review_tools.py"/>
        <source>Put the selected points back to predicted (U)</source>
        <translation>Gewählte Punkte auf vorhergesagt zurücksetzen (U)</translation>
    </message>
    <message>
        <location filename="../../ui/settings_page.py"/>
        <source>Py&amp;Torch</source>
        <translation>Py&amp;Torch</translation>
    </message>
    <message>
        <location filename="../../ui/settings_page.py"/>
        <source>PyTorch runs the networks. Every package is checked against a known checksum, wherever it comes from</source>
        <translation>PyTorch führt die Netze aus. Jedes Paket wird mit einer bekannten Prüfsumme verglichen, woher es auch kommt</translation>
    </message>
    <message>
        <location filename="../../ui/settings_page.py"/>
        <source>Python for matching</source>
        <translation>Python für das Matching</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/keeping.py"/>
        <source>QGIS points</source>
        <translation>QGIS-Punkte</translation>
    </message>
    <message>
        <location filename="../../ui/panels/accuracy_panel.py"/>
        <source>Quarters: {0}, {1} | {2}, {3}</source>
        <translation>Viertel: {0}, {1} | {2}, {3}</translation>
    </message>
    <message>
        <location filename="../../ui/views/points_model.py"/>
        <source>Queue</source>
        <translation>Rang</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/assessment_page.py"/>
        <source>RMSE = sqrt(mean(dx² + dy²)). Fit: at the fitted points. Leave-one-out: each point predicted by a fit without it. Hold-out: each area predicted by a fit without it and its surroundings. CE90: 90 % of the leave-one-out errors are shorter. All relative to the reference.</source>
        <translation>RMSE = sqrt(Mittel(dx² + dy²)). Anpassung: an den angepassten Punkten. Leave-one-out: jeder Punkt vorhergesagt von einer Anpassung ohne ihn. Hold-out: jedes Gebiet vorhergesagt von einer Anpassung ohne es und seine Umgebung. CE90: 90 % der Leave-one-out-Fehler sind kürzer. Alles relativ zur Referenz.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/report_page.py"/>
        <source>RMSE at the check points ({0}): {1} px.</source>
        <translation>RMSE an den Prüfpunkten ({0}): {1} px.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/align/budget.py"/>
        <source>Raise the memory budget in the settings, or choose another matcher.</source>
        <translation>Das Speicherbudget in den Einstellungen erhöhen oder einen anderen Matcher wählen.</translation>
    </message>
    <message>
        <location filename="../../ui/panels/accuracy_panel.py"/>
        <source>Range direction</source>
        <translation>Entfernungsrichtung</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/sift.py"/>
        <source>Ratio test</source>
        <translation>Verhältnistest</translation>
    </message>
    <message>
        <location filename="../../ui/views/heatmap.py"/>
        <source>Ratio {0:.2f}</source>
        <translation>Verhältnis {0:.2f}</translation>
    </message>
    <message>
        <location filename="../../ui/views/heatmap.py"/>
        <source>Ratio: no second</source>
        <translation>Verhältnis: kein zweites</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/msa_net.py"/>
        <source>Reach</source>
        <translation>Reichweite</translation>
    </message>
    <message>
        <location filename="../../ui/panels/review_panel.py"/>
        <source>Read .points (QGIS Georeferencer), .csv (also of AROSICS and KARIOS) or .geojson</source>
        <translation>.points (QGIS-Georeferenzierung), .csv (auch von AROSICS und KARIOS) oder .geojson lesen</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>Read it from {0}, now and later</source>
        <translation>Von {0} lesen, jetzt und später</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/align/align.py"/>
        <source>Reading</source>
        <translation>Wird gelesen</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/learn/adapt.py"/>
        <source>Reading the windows around the points</source>
        <translation>Lesen der Fenster um die Punkte</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/importpoints.py"/>
        <source>Reads a .points file of the QGIS Georeferencer, a .csv or .geojson file of this tool, a tie point table of AROSICS or the key points of KARIOS (both .csv), into a point layer in the CRS of the reference. The layer can be edited and handed to 'Warp raster with control points'.</source>
        <translation>Liest eine .points-Datei der QGIS-Georeferenzierung, eine .csv- oder .geojson-Datei dieses Werkzeugs, eine Punkttabelle von AROSICS oder die Schlüsselpunkte von KARIOS (beide .csv) in einen Punktlayer im KBS der Referenz. Der Layer lässt sich bearbeiten und an „Raster mit Passpunkten entzerren“ übergeben.</translation>
    </message>
    <message>
        <location filename="../../plugin/work/environment.py"/>
        <source>Ready</source>
        <translation>Bereit</translation>
    </message>
    <message>
        <location filename="../../ui/views/points_model.py"/>
        <source>Reason</source>
        <translation>Grund</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/assessgcps.py"/>
        <source>Recommended model</source>
        <translation>Empfohlenes Modell</translation>
    </message>
    <message>
        <location filename="../../ui/views/compare_strip.py"/>
        <source>Red-cyan</source>
        <translation>Rot-Cyan</translation>
    </message>
    <message>
        <location filename="../../ui/panels/review_progress.py"/>
        <source>Redo</source>
        <translation>Wiederholen</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/report_page.py"/>
        <source>Reference</source>
        <translation>Referenz</translation>
    </message>
    <message>
        <location filename="../../ui/panels/match_panel.py"/>
        <source>Reference and sensed are the same layer</source>
        <translation>Referenz und Suchbild sind derselbe Layer</translation>
    </message>
    <message>
        <location filename="../../ui/views/chips_view.py"/>
        <source>Reference and sensed image around the point</source>
        <translation>Referenz und Suchbild um den Punkt</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/registry.py"/>
        <source>Reference and sensed image must be of the same size.</source>
        <translation>Referenz und Quellbild müssen gleich groß sein.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/matching.py"/>
        <source>Reference and sensed raster are the same file. Choose two rasters.</source>
        <translation>Referenz und Suchbild sind dieselbe Datei. Zwei Raster wählen.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/report_page.py"/>
        <source>Reference file</source>
        <translation>Referenzdatei</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/assessgcps.py"/>
        <source>Reference raster</source>
        <translation>Referenzraster</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/report_page.py"/>
        <source>Reference x, y [px]</source>
        <translation>Referenz x, y [px]</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/report_page.py"/>
        <source>Reference, sensed after the fit, similarity. The cross is the point.</source>
        <translation>Referenz, Suchbild nach der Anpassung, Ähnlichkeit. Das Kreuz ist der Punkt.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Refuse weak evidence</source>
        <translation>Schwache Evidenz ablehnen</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/regnet_mamba2.py"/>
        <source>RegNetMamba-2</source>
        <translation>RegNetMamba-2</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/registerimages.py"/>
        <source>Register images</source>
        <translation>Bilder registrieren</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/algorithm.py"/>
        <source>Registration</source>
        <translation>Registrierung</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/session.py"/>
        <source>Reject</source>
        <translation>Verwerfen</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/control.py"/>
        <source>Reject or move one of them.</source>
        <translation>Einen davon verwerfen oder verschieben.</translation>
    </message>
    <message>
        <location filename="../../ui/views/point_histogram.py"/>
        <source>Reject those in the range</source>
        <translation>Die im Bereich verwerfen</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/control.py"/>
        <source>Remove or edit it.</source>
        <translation>Löschen oder bearbeiten.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/fitting.py"/>
        <source>Remove or edit the point.</source>
        <translation>Punkt löschen oder bearbeiten.</translation>
    </message>
    <message>
        <location filename="../../ui/parts/adapt_menu.py"/>
        <source>Remove them from this review and go back to the weights that came with the plugin</source>
        <translation>Aus dieser Prüfung entfernen und zu den Gewichten zurückkehren, die mit der Erweiterung kamen</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/keeping.py"/>
        <source>Report</source>
        <translation>Bericht</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/keeping.py"/>
        <source>Report written: {0}</source>
        <translation>Bericht geschrieben: {0}</translation>
    </message>
    <message>
        <location filename="../../ui/parts/export_menu.py"/>
        <source>Report …</source>
        <translation>Bericht …</translation>
    </message>
    <message>
        <location filename="../../plugin/core/output/siblings.py"/>
        <source>Reproject it to the sensed raster's CRS first.</source>
        <translation>Erst in das KBS des Suchbilds umprojizieren.</translation>
    </message>
    <message>
        <location filename="../../ui/views/points_model.py"/>
        <source>Res.</source>
        <translation>Res.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Resampling</source>
        <translation>Resampling</translation>
    </message>
    <message>
        <location filename="../../ui/views/point_histogram.py"/>
        <source>Residual</source>
        <translation>Residuum</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/report_page.py"/>
        <source>Residual = transform(sensed) − reference, y down.</source>
        <translation>Residuum = Transformation(Suchbild) − Referenz, y nach unten.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/report_page.py"/>
        <source>Residual [px]</source>
        <translation>Residuum [px]</translation>
    </message>
    <message>
        <location filename="../../ui/views/points_model.py"/>
        <source>Residual: length of transform(sensed) - reference, in units of the reference's CRS</source>
        <translation>Residuum: Länge von Transformation(Suchbild) - Referenz, in Einheiten des KBS der Referenz</translation>
    </message>
    <message>
        <location filename="../../ui/views/points_model.py"/>
        <source>Residual: length of transform(sensed) - reference, sqrt(dX^2 + dY^2), in reference pixels</source>
        <translation>Residuum: Länge von Transformation(Suchbild) - Referenz, sqrt(dX^2 + dY^2), in Referenzpixeln</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/report_page.py"/>
        <source>Residuals</source>
        <translation>Residuen</translation>
    </message>
    <message>
        <location filename="../../plugin/reviewing/report.py"/>
        <source>Residuals in the fit, {0:g} times longer than life. A pattern means that the model is too simple.</source>
        <translation>Residuen in der Anpassung, {0:g}-fach vergrößert. Ein Muster heißt, dass das Modell zu einfach ist.</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/keeping.py"/>
        <source>Restore</source>
        <translation>Wiederherstellen</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/report_page.py"/>
        <source>Run</source>
        <translation>Lauf</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/align/evidence.py"/>
        <source>Run `calibrate` again for the weights, or install the plugin anew.</source>
        <translation>`calibrate` für die Gewichte erneut ausführen, oder das Plugin neu installieren.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>SAR values</source>
        <translation>SAR-Werte</translation>
    </message>
    <message>
        <location filename="../../plugin/gis/groups.py"/>
        <source>SAR-Optical Align</source>
        <translation>SAR-Optical Align</translation>
    </message>
    <message>
        <location filename="../../plugin/work/tasks.py"/>
        <source>SAR-Optical Align: accuracy</source>
        <translation>SAR-Optical Align: Genauigkeit</translation>
    </message>
    <message>
        <location filename="../../plugin/work/tasks.py"/>
        <source>SAR-Optical Align: adapting to the scene</source>
        <translation>SAR-Optical Align: Nachlernen auf der Szene</translation>
    </message>
    <message>
        <location filename="../../plugin/reviewing/adviser.py"/>
        <source>SAR-Optical Align: asking the model advisor</source>
        <translation>SAR-Optical Align: Modellberater</translation>
    </message>
    <message>
        <location filename="../../plugin/work/tasks.py"/>
        <source>SAR-Optical Align: explaining a point</source>
        <translation>SAR-Optical Align: Punkt wird erklärt</translation>
    </message>
    <message>
        <location filename="../../plugin/work/tasks.py"/>
        <source>SAR-Optical Align: finding tie points</source>
        <translation>SAR-Optical Align: Verknüpfungspunkte werden gesucht</translation>
    </message>
    <message>
        <location filename="../../plugin/work/tasks.py"/>
        <source>SAR-Optical Align: making the environment</source>
        <translation>SAR-Optical Align: Umgebung wird angelegt</translation>
    </message>
    <message>
        <location filename="../../plugin/work/tasks.py"/>
        <source>SAR-Optical Align: measuring a point</source>
        <translation>SAR-Optical Align: Punkt wird gemessen</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/live_preview.py"/>
        <source>SAR-Optical Align: preview</source>
        <translation>SAR-Optical Align: Vorschau</translation>
    </message>
    <message>
        <location filename="../../plugin/work/tasks.py"/>
        <source>SAR-Optical Align: writing {0}</source>
        <translation>SAR-Optical Align: {0} wird geschrieben</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>SAR: {0}</source>
        <translation>SAR: {0}</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>SAR: {0}?</source>
        <translation>SAR: {0}?</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/report_page.py"/>
        <source>SHA-256 of size and three parts</source>
        <translation>SHA-256 von Größe und drei Teilen</translation>
    </message>
    <message>
        <location filename="../../ui/panels/explain_dialog.py"/>
        <source>Save the picture</source>
        <translation>Bild speichern</translation>
    </message>
    <message>
        <location filename="../../ui/panels/explain_dialog.py"/>
        <source>Save the picture as PNG</source>
        <translation>Bild als PNG speichern</translation>
    </message>
    <message>
        <location filename="../../ui/panels/vector_choice.py"/>
        <source>Scale of the vectors</source>
        <translation>Maßstab der Vektoren</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/phase_congruency.py"/>
        <source>Scales</source>
        <translation>Skalen</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/report_page.py"/>
        <source>Score</source>
        <translation>Score</translation>
    </message>
    <message>
        <location filename="../../ui/views/heatmap.py"/>
        <source>Score {0:.2f}</source>
        <translation>Score {0:.2f}</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Search radius</source>
        <translation>Suchradius</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Search rotation and scale</source>
        <translation>Drehung und Maßstab suchen</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>Search {0} {1}</source>
        <translation>{0} {1} weit suchen</translation>
    </message>
    <message>
        <location filename="../../ui/views/heatmap.py"/>
        <source>Second {0:.2f}</source>
        <translation>Zweites {0:.2f}</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Seed</source>
        <translation>Startwert</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Seed of everything random.</source>
        <translation>Startwert alles Zufälligen.</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/explainer.py"/>
        <source>Select a point in the table or on the map first.</source>
        <translation>Erst einen Punkt in der Tabelle oder auf der Karte wählen.</translation>
    </message>
    <message>
        <location filename="../../ui/views/chips_view.py"/>
        <source>Select a point, in the table or on the map, to see both images around it.</source>
        <translation>Einen Punkt in der Tabelle oder auf der Karte wählen, um beide Bilder um ihn zu sehen.</translation>
    </message>
    <message>
        <location filename="../../ui/views/heatmap.py"/>
        <source>Select a point, in the table or on the map, to see its evidence.</source>
        <translation>Einen Punkt in der Tabelle oder auf der Karte wählen, um seine Evidenz zu sehen.</translation>
    </message>
    <message>
        <location filename="../../ui/panels/review_tools.py"/>
        <source>Select and drag</source>
        <translation>Wählen und ziehen</translation>
    </message>
    <message>
        <location filename="../../ui/panels/review_tools.py"/>
        <source>Select points by a range of residuals, leave-one-out errors or scores, and accept or reject them</source>
        <translation>Punkte nach einem Bereich von Residuen, Leave-one-out-Fehlern oder Scores wählen und annehmen oder verwerfen</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/report_page.py"/>
        <source>Sensed</source>
        <translation>Suchbild</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/report_page.py"/>
        <source>Sensed file</source>
        <translation>Suchbilddatei</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/assessgcps.py"/>
        <source>Sensed raster</source>
        <translation>Suchbild</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/report_page.py"/>
        <source>Sensed x, y [px]</source>
        <translation>Suchbild x, y [px]</translation>
    </message>
    <message>
        <location filename="../../ui/views/chips_view.py"/>
        <source>Sensed, {0}</source>
        <translation>Suchbild, {0}</translation>
    </message>
    <message>
        <location filename="../../ui/settings_page.py"/>
        <source>Servers that files may be read from: {0}</source>
        <translation>Server, von denen Dateien gelesen werden dürfen: {0}</translation>
    </message>
    <message>
        <location filename="../../ui/views/heatmap.py"/>
        <source>Set by hand or read from a file: there is no similarity to show.</source>
        <translation>Von Hand gesetzt oder aus einer Datei: Es gibt keine Ähnlichkeit zu zeigen.</translation>
    </message>
    <message>
        <location filename="../../ui/settings_page.py"/>
        <source>Set everything under Computer and Defaults of matching as it was when the plugin was new; stored with OK</source>
        <translation>Alles unter Rechner und Vorgaben auf den Auslieferungszustand setzen; gespeichert mit OK</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/read/frames.py"/>
        <source>Set its CRS (Layer &gt; Set CRS, or gdal_edit -a_srs).</source>
        <translation>Das KBS setzen (Layer &gt; Layer-KBS, oder gdal_edit -a_srs).</translation>
    </message>
    <message>
        <location filename="../../ui/panels/match_panel.py"/>
        <source>Set up matching first</source>
        <translation>Erst das Matching einrichten</translation>
    </message>
    <message>
        <location filename="../../ui/panels/match_panel.py"/>
        <source>Set up matching …</source>
        <translation>Matching einrichten …</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>Set {0}</source>
        <translation>{0} setzen</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/adaptnetwork.py"/>
        <source>Share of them within 1.5 px after [0..1]</source>
        <translation>Anteil davon innerhalb 1,5 px nachher [0..1]</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/adaptnetwork.py"/>
        <source>Share of them within 1.5 px before [0..1]</source>
        <translation>Anteil davon innerhalb 1,5 px vorher [0..1]</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/keeping.py"/>
        <source>Shell script</source>
        <translation>Shell-Skript</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/transforms.py"/>
        <source>Shift</source>
        <translation>Verschiebung</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>Shift only</source>
        <translation>Nur Verschiebung</translation>
    </message>
    <message>
        <location filename="../../ui/parts/hints.py"/>
        <source>Show or hide these settings</source>
        <translation>Diese Einstellungen zeigen oder verbergen</translation>
    </message>
    <message>
        <location filename="../../ui/panels/review_tools.py"/>
        <source>Show the sensed chip as fitted, else as it is georeferenced (G)</source>
        <translation>Suchbild-Ausschnitt wie angepasst zeigen, sonst wie georeferenziert (G)</translation>
    </message>
    <message>
        <location filename="../../ui/views/compare_strip.py"/>
        <source>Show the sensed raster warped with the points as they are now; a virtual layer, nothing is written</source>
        <translation>Das Suchbild zeigen, entzerrt mit den Punkten, wie sie jetzt sind; ein virtueller Layer, nichts wird geschrieben</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Side of the square template; empty = chosen from the image size.</source>
        <translation>Seite des quadratischen Musters; leer = nach der Bildgröße gewählt.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Side of the tiles in which features are computed.</source>
        <translation>Seite der Kacheln, in denen Merkmale berechnet werden.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/transforms.py"/>
        <source>Similarity</source>
        <translation>Ähnlichkeit</translation>
    </message>
    <message>
        <location filename="../../ui/views/heatmap.py"/>
        <source>Similarity of the point</source>
        <translation>Ähnlichkeit des Punktes</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/report_page.py"/>
        <source>Smallest residuals</source>
        <translation>Kleinste Residuen</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/cfog.py"/>
        <source>Smoothing</source>
        <translation>Glättung</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Snap to reference grid</source>
        <translation>Auf Referenzgitter einrasten</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/runner.py"/>
        <source>Something runs already: wait for its end, or cancel it.</source>
        <translation>Es läuft schon etwas: das Ende abwarten oder abbrechen.</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/msa_net.py"/>
        <source>Spacing</source>
        <translation>Abstand</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Speckle filter applied to SAR before matching.</source>
        <translation>Speckle-Filter für SAR vor dem Matching.</translation>
    </message>
    <message>
        <location filename="../../ui/views/compare_strip.py"/>
        <source>Squares of both; look for lines that break at the borders</source>
        <translation>Felder aus beiden; auf Linien achten, die an den Rändern brechen</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/learn/adapt.py"/>
        <source>Start from the weights that came with the plugin.</source>
        <translation>Mit den Gewichten beginnen, die mit der Erweiterung kamen.</translation>
    </message>
    <message>
        <location filename="../../packaging/texts.py"/>
        <source>Starting</source>
        <translation>Start</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/report_page.py"/>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/matching.py"/>
        <source>Status: ok or no_reliable_alignment</source>
        <translation>Status: ok oder no_reliable_alignment</translation>
    </message>
    <message>
        <location filename="../../ui/panels/match_panel.py"/>
        <source>Stays where it is; usually the optical image</source>
        <translation>Bleibt, wo sie ist; meist das optische Bild</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/matching.py"/>
        <source>Stays where it is; usually the optical one.</source>
        <translation>Bleibt, wo es ist; meist das optische.</translation>
    </message>
    <message>
        <location filename="../../ui/dock.py"/>
        <source>Stop what runs; control is back at once</source>
        <translation>Anhalten, was läuft; QGIS ist sofort wieder frei</translation>
    </message>
    <message>
        <location filename="../../ui/settings_page.py"/>
        <source>Stop; what was made so far is removed</source>
        <translation>Anhalten; das bisher Angelegte wird entfernt</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/sift.py"/>
        <source>Strongest keypoints kept per tile.</source>
        <translation>Stärkste Schlüsselpunkte je Kachel.</translation>
    </message>
    <message>
        <location filename="../../ui/panels/match_panel.py"/>
        <source>Swap reference and sensed</source>
        <translation>Referenz und Suchbild tauschen</translation>
    </message>
    <message>
        <location filename="../../ui/views/compare_strip.py"/>
        <source>Swipe</source>
        <translation>Wischen</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/assessgcps.py"/>
        <source>Table</source>
        <translation>Tabelle</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>Take as {0}</source>
        <translation>Als {0} lesen</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Template size</source>
        <translation>Mustergröße</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/learn/adapt.py"/>
        <source>That is no clear gain: the weights stay as they were.</source>
        <translation>Das ist kein klarer Gewinn: Die Gewichte bleiben, wie sie waren.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/read/georeferencing.py"/>
        <source>The CRS given for {0} is not understood: {1}.</source>
        <translation>Das für {0} angegebene KBS ist unverständlich: {1}.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/read/preparing.py"/>
        <source>The SAR image has no positive samples.</source>
        <translation>Das SAR-Bild hat keine positiven Werte.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>The SAR values are read as {0} ({1}).</source>
        <translation>Die SAR-Werte werden als {0} gelesen ({1}).</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>The SAR values are read as {0}, but hold negative numbers: they look like decibel.</source>
        <translation>Die SAR-Werte werden als {0} gelesen, enthalten aber negative Zahlen: Das sieht nach Dezibel aus.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/learn/adapt.py"/>
        <source>The adapted weights are better and are kept.</source>
        <translation>Die nachgelernten Gewichte sind besser und werden behalten.</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/adapting.py"/>
        <source>The adapted weights are gone; matching uses those that came with the plugin.</source>
        <translation>Die nachgelernten Gewichte sind entfernt; gesucht wird mit denen, die mit der Erweiterung kamen.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/learn/adapt.py"/>
        <source>The adapted weights cannot be written: {0}.</source>
        <translation>Die nachgelernten Gewichte können nicht geschrieben werden: {0}.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/align/evidence.py"/>
        <source>The calibration has {0} weights for {1} features.</source>
        <translation>Die Kalibrierung hat {0} Gewichte für {1} Merkmale.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/points.py"/>
        <source>The control points have no place on the ground.</source>
        <translation>Die Passpunkte haben keinen Ort am Boden.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/fitting.py"/>
        <source>The covariance of point {0} is not positive definite.</source>
        <translation>Die Kovarianz von Punkt {0} ist nicht positiv definit.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/outputs.py"/>
        <source>The current folder is gone: {0} cannot be written.</source>
        <translation>Den aktuellen Ordner gibt es nicht mehr: {0} kann nicht geschrieben werden.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/outputs.py"/>
        <source>The disk of {0} has room for {1} MB, not for {2} MB.</source>
        <translation>Der Datenträger von {0} hat Platz für {1} MB, nicht für {2} MB.</translation>
    </message>
    <message>
        <location filename="../../ui/views/compare_strip.py"/>
        <source>The edges of the upper layer, in yellow, over the lower one</source>
        <translation>Die Kanten des oberen Layers in Gelb über dem unteren</translation>
    </message>
    <message>
        <location filename="../../plugin/work/environment.py"/>
        <source>The environment could not be made: {0}</source>
        <translation>Die Umgebung konnte nicht angelegt werden: {0}</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/read/sources.py"/>
        <source>The file seems truncated or damaged; copy it again.</source>
        <translation>Die Datei scheint abgeschnitten oder beschädigt; neu kopieren.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/output/siblings.py"/>
        <source>The fit cannot be carried over to these pixels (it would miss by {0} px).</source>
        <translation>Die Anpassung lässt sich nicht auf diese Pixel übertragen (Fehler wäre {0} px).</translation>
    </message>
    <message>
        <location filename="../../plugin/core/outputs.py"/>
        <source>The folder {0} cannot be made: {1}.</source>
        <translation>Der Ordner {0} kann nicht angelegt werden: {1}.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/outputs.py"/>
        <source>The folder {0} cannot be written: {1}.</source>
        <translation>Der Ordner {0} ist nicht beschreibbar: {1}.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/outputs.py"/>
        <source>The folder {0} does not exist.</source>
        <translation>Der Ordner {0} existiert nicht.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/geometry/coords.py"/>
        <source>The georeferencing is degenerate: its pixels have no area.</source>
        <translation>Die Georeferenzierung ist entartet: Ihre Pixel haben keine Fläche.</translation>
    </message>
    <message>
        <location filename="../../plugin/store/session_store.py"/>
        <source>The georeferencing of the {0} raster has changed: the points are right in its pixels, but were drawn at their old place. Find tie points again.</source>
        <translation>{0}: Die Georeferenzierung hat sich geändert. Die Punkte stimmen in den Pixeln, lagen aber am alten Ort. Verknüpfungspunkte neu suchen.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/read/preparing.py"/>
        <source>The image has no valid pixels.</source>
        <translation>Das Bild hat keine gültigen Pixel.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/read/preparing.py"/>
        <source>The image is constant: all valid pixels have the same value.</source>
        <translation>Das Bild ist konstant: Alle gültigen Pixel haben denselben Wert.</translation>
    </message>
    <message>
        <location filename="../../plugin/work/worker_client.py"/>
        <source>The interpreter lacks packages: create the managed environment in Settings &gt; Options &gt; SAR-Optical Align.</source>
        <translation>Dem Interpreter fehlen Pakete: die verwaltete Umgebung unter Einstellungen &gt; Optionen &gt; SAR-Optical Align anlegen.</translation>
    </message>
    <message>
        <location filename="../../plugin/work/environment.py"/>
        <source>The interpreter {0} does not exist.</source>
        <translation>Der Interpreter {0} existiert nicht.</translation>
    </message>
    <message>
        <location filename="../../plugin/work/environment.py"/>
        <source>The interpreter {0} does not work: {1}.</source>
        <translation>Der Interpreter {0} funktioniert nicht: {1}.</translation>
    </message>
    <message>
        <location filename="../../plugin/work/environment.py"/>
        <source>The interpreter {0} is Python {1}.</source>
        <translation>Der Interpreter {0} ist Python {1}.</translation>
    </message>
    <message>
        <location filename="../../plugin/work/environment.py"/>
        <source>The interpreter {0} lacks packages: {1}.</source>
        <translation>Dem Interpreter {0} fehlen Pakete: {1}.</translation>
    </message>
    <message>
        <location filename="../../plugin/gis/point_features.py"/>
        <source>The layer is not a tie-point layer: {0}.</source>
        <translation>Der Layer enthält keine Verknüpfungspunkte: {0}.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/adapting.py"/>
        <source>The length of the training must be positive.</source>
        <translation>Die Dauer des Lernens muss positiv sein.</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/keeping.py"/>
        <source>The line of qgis_process is on the clipboard.</source>
        <translation>Die Zeile für qgis_process ist in der Zwischenablage.</translation>
    </message>
    <message>
        <location filename="../../ui/parts/export_menu.py"/>
        <source>The line of qgis_process that does the run again with the same parameters, to the clipboard</source>
        <translation>Die Zeile für qgis_process, die den Lauf mit denselben Parametern wiederholt, in die Zwischenablage</translation>
    </message>
    <message>
        <location filename="../../ui/panels/match_panel.py"/>
        <source>The matcher measured to be the most accurate of those for which the worker's Python has the packages</source>
        <translation>Der nachweislich genaueste Matcher, für den das Python des Arbeitsprozesses die Pakete hat</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/fields.py"/>
        <source>The matcher parameter {0} is not understood.</source>
        <translation>Der Matcher-Parameter {0} ist unverständlich.</translation>
    </message>
    <message>
        <location filename="../../plugin/store/settings.py"/>
        <source>The matching environment is not installed yet.</source>
        <translation>Die Matching-Umgebung ist noch nicht installiert.</translation>
    </message>
    <message>
        <location filename="../../ui/panels/accuracy_panel.py"/>
        <source>The model follows the advice.</source>
        <translation>Das Modell folgt dem Rat.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/outputs.py"/>
        <source>The name {0} is not UTF-8.</source>
        <translation>Der Name {0} ist kein UTF-8.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/outputs.py"/>
        <source>The name {0}... is too long: {1} of {2} bytes.</source>
        <translation>Der Name {0}... ist zu lang: {1} von {2} Byte.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/output/fill.py"/>
        <source>The nodata value {0} does not fit into {1} samples.</source>
        <translation>Der NoData-Wert {0} passt nicht in Werte vom Typ {1}.</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/warping.py"/>
        <source>The output is the reference itself.</source>
        <translation>Die Ausgabe ist die Referenz selbst.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/outputs.py"/>
        <source>The output {0} is a file that an input reads from.</source>
        <translation>Die Ausgabe {0} ist eine Datei, aus der eine Eingabe liest.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/outputs.py"/>
        <source>The output {0} is the input itself.</source>
        <translation>Die Ausgabe {0} ist die Eingabe selbst.</translation>
    </message>
    <message>
        <location filename="../../plugin/gis/preflight_facts.py"/>
        <source>The pixels cannot be read.</source>
        <translation>Die Pixel sind nicht lesbar.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/align/place.py"/>
        <source>The place cannot be measured: the sensed image has no extent there.</source>
        <translation>Die Stelle kann nicht gemessen werden: Das Suchbild hat dort keine Ausdehnung.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/align/place.py"/>
        <source>The place lies outside the ground that both images show.</source>
        <translation>Die Stelle liegt außerhalb des Geländes, das beide Bilder zeigen.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/points/ground_check.py"/>
        <source>The points around {0} have x and y exchanged.</source>
        <translation>Bei den Punkten um {0} sind x und y vertauscht.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/points/ground_check.py"/>
        <source>The points around {0} look like degrees, but the reference is not in degrees.</source>
        <translation>Die Punkte um {0} sehen nach Grad aus, die Referenz ist aber nicht in Grad.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/points/ground_check.py"/>
        <source>The points around {0} look like metres, but the reference is in degrees.</source>
        <translation>Die Punkte um {0} sehen nach Metern aus, die Referenz ist aber in Grad.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/importpoints.py"/>
        <source>The points' map coordinates become its pixels.</source>
        <translation>Aus den Kartenkoordinaten der Punkte werden seine Pixel.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/importpoints.py"/>
        <source>The points' source coordinates become its pixels.</source>
        <translation>Aus den Quellkoordinaten der Punkte werden seine Pixel.</translation>
    </message>
    <message>
        <location filename="../../plugin/work/preview.py"/>
        <source>The preview cannot be made: {0}.</source>
        <translation>Die Vorschau ist nicht möglich: {0}.</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/compare.py"/>
        <source>The preview is off.</source>
        <translation>Die Vorschau ist aus.</translation>
    </message>
    <message>
        <location filename="../../plugin/work/preview.py"/>
        <source>The preview of {0} failed: {1}.</source>
        <translation>Die Vorschau von {0} ist fehlgeschlagen: {1}.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/fitting.py"/>
        <source>The projective model has its horizon between these points.</source>
        <translation>Das projektive Modell hat seinen Horizont zwischen diesen Punkten.</translation>
    </message>
    <message>
        <location filename="../../ui/settings_page.py"/>
        <source>The python program itself, such as bin/python of a virtual environment or python.exe</source>
        <translation>Das Python-Programm selbst, etwa bin/python einer virtuellen Umgebung oder python.exe</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/warpvector.py"/>
        <source>The raster the points were found on; it is only looked at for its georeferencing.</source>
        <translation>Das Raster, auf dem die Punkte gefunden wurden; nur seine Georeferenzierung wird angesehen.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>The rasters do not overlap as they are georeferenced ({0} {1} apart); only a search that wide can find a match.</source>
        <translation>Die Raster überlappen sich nicht, wie sie georeferenziert sind ({0} {1} Abstand); nur eine so weite Suche kann etwas finden.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>The rasters lie {0} {1} apart, the search reaches {2} {3}. Check their CRS, or search further.</source>
        <translation>Die Raster liegen {0} {1} auseinander, die Suche reicht {2} {3} weit. KBS prüfen oder weiter suchen.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/output/plan.py"/>
        <source>The reference has no geotransform that the sensed raster could take over.</source>
        <translation>Die Referenz hat keine Geotransformation, die das Raster übernehmen könnte.</translation>
    </message>
    <message>
        <location filename="../../ui/settings_page.py"/>
        <source>The report on versions and packages</source>
        <translation>Der Bericht über Versionen und Pakete</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/worker.py"/>
        <source>The request names no picture to write.</source>
        <translation>Die Anfrage nennt kein Bild, das geschrieben werden soll.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/exportpoints.py"/>
        <source>The residuals are left at zero: {0}</source>
        <translation>Die Residuen bleiben null: {0}</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/file.py"/>
        <source>The review cannot be saved in {0}: {1}.</source>
        <translation>Die Prüfung kann nicht in {0} gespeichert werden: {1}.</translation>
    </message>
    <message>
        <location filename="../../ui/parts/export_menu.py"/>
        <source>The review's own points as a styled layer of the project; it follows every edit</source>
        <translation>Die Punkte der Prüfung selbst als gestalteter Layer des Projekts; er folgt jeder Änderung</translation>
    </message>
    <message>
        <location filename="../../plugin/reviewing/report.py"/>
        <source>The same after the fit.</source>
        <translation>Dasselbe nach der Anpassung.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>The search radius of {0} {1} is less than three pixels: a larger misplacement would not be found.</source>
        <translation>Der Suchradius von {0} {1} ist kleiner als drei Pixel: Ein größerer Lagefehler würde nicht gefunden.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>The search radius of {0} {1} is more than half the scene: slow, and open to false matches.</source>
        <translation>Der Suchradius von {0} {1} ist mehr als die halbe Szene: langsam und anfällig für falsche Zuordnungen.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>The sensed raster ({0}) is brought to the reference's CRS ({1}) on the fly; its file stays as it is.</source>
        <translation>Das Suchbild ({0}) wird beim Lesen in das KBS der Referenz ({1}) gebracht; seine Datei bleibt, wie sie ist.</translation>
    </message>
    <message>
        <location filename="../../ui/views/compare_strip.py"/>
        <source>The sensed raster as it lies, or as it will lie (B)</source>
        <translation>Das Suchbild, wie es liegt, oder wie es liegen wird (B)</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/read/working_grid.py"/>
        <source>The sensed raster cannot be placed in the reference's CRS.</source>
        <translation>Das Suchbild lässt sich im KBS der Referenz nicht platzieren.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>The sensed raster is looked for up to {0} {1} ({2} px) from where it is georeferenced ({3}).</source>
        <translation>Das Suchbild wird bis {0} {1} ({2} px) um seine georeferenzierte Lage gesucht ({3}).</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/record.py"/>
        <source>The session has format {0}, this version reads 1 to {1}.</source>
        <translation>Die Prüfung hat das Format {0}, diese Version liest 1 bis {1}.</translation>
    </message>
    <message>
        <location filename="../../ui/views/heatmap.py"/>
        <source>The similarity surface of this point was not kept.</source>
        <translation>Die Ähnlichkeitsfläche dieses Punktes wurde nicht aufbewahrt.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/fitting.py"/>
        <source>The smoothing must be 0 or more, got {0}.</source>
        <translation>Die Glättung muss 0 oder mehr sein, nicht {0}.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/output/nodes.py"/>
        <source>The transform bends too sharply for GDAL's warp: {0} nodes leave an error of {1} px.</source>
        <translation>Die Transformation biegt sich zu stark für das Entzerren mit GDAL: {0} Stützpunkte lassen einen Fehler von {1} px.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/output/inverse_array.py"/>
        <source>The transform bends too sharply for GDAL's warp: {0} x {1} cells leave an error of {2} px.</source>
        <translation>Die Transformation biegt sich zu stark für das Entzerren mit GDAL: {0} x {1} Zellen lassen einen Fehler von {2} px.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/transforms.py"/>
        <source>The transform cannot be inverted.</source>
        <translation>Die Transformation lässt sich nicht umkehren.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/output/plan.py"/>
        <source>The transform folds the image over itself.</source>
        <translation>Die Transformation faltet das Bild über sich selbst.</translation>
    </message>
    <message>
        <location filename="../../ui/views/compare_strip.py"/>
        <source>The two layers in turns; the eye sees what jumps (Space)</source>
        <translation>Die beiden Layer im Wechsel; das Auge sieht, was springt (Leertaste)</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/align/coarse_search.py"/>
        <source>The two rasters do not overlap enough to be compared: too few of their valid pixels meet.</source>
        <translation>Die beiden Raster überlappen zu wenig für einen Vergleich: Zu wenige ihrer gültigen Pixel treffen aufeinander.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/align/coarse_search.py"/>
        <source>The two rasters do not overlap enough: the {0} has no valid pixel where they may meet.</source>
        <translation>Die beiden Raster überlappen zu wenig: {0} hat keinen gültigen Pixel, wo sie aufeinandertreffen können.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/matching.py"/>
        <source>The two rasters do not overlap on the ground. Check their CRS, or give a search radius as large as their distance.</source>
        <translation>Die beiden Raster überlappen sich am Boden nicht. KBS prüfen oder einen Suchradius so groß wie ihren Abstand angeben.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/read/working_grid.py"/>
        <source>The two rasters {0}.</source>
        <translation>Die beiden Raster {0}.</translation>
    </message>
    <message>
        <location filename="../../ui/views/compare_strip.py"/>
        <source>The upper layer, see-through</source>
        <translation>Der obere Layer, durchscheinend</translation>
    </message>
    <message>
        <location filename="../../plugin/core/output/plan.py"/>
        <source>The warped image would have {0} x {1} px: the model swings away at the edges.</source>
        <translation>Das entzerrte Bild hätte {0} x {1} px: Das Modell schwingt an den Rändern aus.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/learn/adapt.py"/>
        <source>The weights were trained as {0}, which cannot be gone on with.</source>
        <translation>Die Gewichte wurden als {0} gelernt; damit geht es nicht weiter.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/learn/adapt.py"/>
        <source>The weights were trained with an older form of the network {0}.</source>
        <translation>Die Gewichte wurden mit einer älteren Form des Netzes {0} gelernt.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/fitting.py"/>
        <source>The width of a displacement field must be above 0.</source>
        <translation>Die Breite eines Verschiebungsfelds muss größer als 0 sein.</translation>
    </message>
    <message>
        <location filename="../../plugin/work/worker_client.py"/>
        <source>The worker cannot be started: {0}.</source>
        <translation>Der Arbeitsprozess kann nicht gestartet werden: {0}.</translation>
    </message>
    <message>
        <location filename="../../plugin/work/worker_client.py"/>
        <source>The worker does not answer.</source>
        <translation>Der Arbeitsprozess antwortet nicht.</translation>
    </message>
    <message>
        <location filename="../../plugin/work/tasks.py"/>
        <source>The worker has not answered for {0} s. Cancel stops it.</source>
        <translation>Der Arbeitsprozess hat seit {0} s nicht geantwortet. Abbrechen beendet ihn.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/worker.py"/>
        <source>The worker ran out of memory.</source>
        <translation>Dem Arbeitsprozess ging der Speicher aus.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/protocol.py"/>
        <source>The worker sent something that is not a message: {0}.</source>
        <translation>Der Arbeitsprozess sandte etwas, das keine Nachricht ist: {0}.</translation>
    </message>
    <message>
        <location filename="../../plugin/work/worker_client.py"/>
        <source>The worker speaks protocol {0}, this plugin {1}.</source>
        <translation>Der Arbeitsprozess spricht Protokoll {0}, diese Erweiterung {1}.</translation>
    </message>
    <message>
        <location filename="../../plugin/work/worker_client.py"/>
        <source>The worker {0}.</source>
        <translation>Der Arbeitsprozess {0}.</translation>
    </message>
    <message>
        <location filename="../../plugin/work/worker_client.py"/>
        <source>The worker {0}. Its last words: {1}</source>
        <translation>Der Arbeitsprozess {0}. Seine letzten Worte: {1}</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/gcps.py"/>
        <source>The {0} GCPs of {1} cannot be used: {2}</source>
        <translation>Die {0} Passpunkte von {1} sind nicht verwendbar: {2}</translation>
    </message>
    <message>
        <location filename="../../plugin/store/session_store.py"/>
        <source>The {0} raster had {1} x {2} px and has {3} x {4} now: the points lie on other pixels. Find tie points again.</source>
        <translation>{0}: hatte {1} x {2} px und hat jetzt {3} x {4}. Die Punkte liegen auf anderen Pixeln. Verknüpfungspunkte neu suchen.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>The {0} raster has no CRS. If its coordinates are those of the other one, give it the same.</source>
        <translation>{0}: kein KBS. Sind die Koordinaten die des anderen Rasters, ihm dasselbe geben.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>The {0} raster has no georeferencing, the other has. Give it an approximate position first (Layer &gt; Georeferencer).</source>
        <translation>{0}: nicht georeferenziert, das andere Raster schon. Erst eine ungefähre Lage geben (Layer &gt; Georeferenzierung).</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>The {0} raster has no geotransform; it is placed by its {1} GCPs with a spline or a polynomial, not with one affine.</source>
        <translation>{0}: keine Geotransformation; die Lage kommt aus {1} Passpunkten mit einem Spline oder Polynom, nicht mit einer Affintransformation.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>The {0} raster holds complex samples (SLC); matching needs their amplitude.</source>
        <translation>{0}: komplexe Werte (SLC); das Matching braucht ihre Amplitude.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>The {0} raster is placed by its RPCs at their mean height; relief shifts it further.</source>
        <translation>{0}: Die Lage kommt aus den RPCs in deren mittlerer Höhe; Relief verschiebt sie weiter.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/fingerprint.py"/>
        <source>The {0} raster {1} has changed since these points were made ({2}). If its pixels moved the points are wrong: look at some, or find tie points again.</source>
        <translation>{0}: {1} hat sich geändert, seit diese Punkte entstanden ({2}). Haben sich Pixel verschoben, sind die Punkte falsch: einige ansehen oder Verknüpfungspunkte neu suchen.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/fingerprint.py"/>
        <source>The {0} raster {1} is no longer there. Choose the layer at its new place; the review is found again by the file's content.</source>
        <translation>{0}: {1} ist nicht mehr da. Den Layer an seinem neuen Ort wählen; die Prüfung wird am Inhalt der Datei wiedererkannt.</translation>
    </message>
    <message>
        <location filename="../../plugin/store/session_store.py"/>
        <source>The {0} raster {1} of this project's review cannot be opened. Set its new place (layer menu &gt; Change Data Source); the review comes back with it.</source>
        <translation>{0}: {1} aus der Prüfung dieses Projekts lässt sich nicht öffnen. Den neuen Ort setzen (Layermenü &gt; Datenquelle ändern); die Prüfung kommt damit zurück.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/adaptnetwork.py"/>
        <source>Their RMSE after [working px]</source>
        <translation>Deren RMSE nachher [Arbeits-px]</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/adaptnetwork.py"/>
        <source>Their RMSE before [working px]</source>
        <translation>Deren RMSE vorher [Arbeits-px]</translation>
    </message>
    <message>
        <location filename="../../ui/views/heatmap.py"/>
        <source>There and back {0:.2f} px</source>
        <translation>Hin/zurück {0:.2f} px</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/warping.py"/>
        <source>There are no control points.</source>
        <translation>Es gibt keine Passpunkte.</translation>
    </message>
    <message>
        <location filename="../../plugin/work/environment.py"/>
        <source>There are no pinned packages for Python {0}.</source>
        <translation>Für Python {0} gibt es keine festgelegten Pakete.</translation>
    </message>
    <message>
        <location filename="../../plugin/reviewing/files.py"/>
        <source>There are no points to export.</source>
        <translation>Es gibt keine Punkte zu exportieren.</translation>
    </message>
    <message>
        <location filename="../../plugin/reviewing/files.py"/>
        <source>There are no points yet.</source>
        <translation>Es gibt noch keine Punkte.</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/keeping.py"/>
        <source>There is a review of these two rasters from {0} (points: {1}).</source>
        <translation>Es gibt eine Prüfung dieser beiden Raster vom {0} (Punkte: {1}).</translation>
    </message>
    <message>
        <location filename="../../plugin/reviewing/snapper.py"/>
        <source>There is no clear peak near the place: point {0} stays where you put it.</source>
        <translation>Nahe der Stelle ist kein klares Maximum: Punkt {0} bleibt, wo Sie ihn gesetzt haben.</translation>
    </message>
    <message>
        <location filename="../../plugin/reviewing/report.py"/>
        <source>There is no fit to report.</source>
        <translation>Es gibt keine Anpassung zu berichten.</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/accuracy.py"/>
        <source>There is no fit to show the displacements of.</source>
        <translation>Es gibt keine Anpassung, deren Verschiebungen zu zeigen wären.</translation>
    </message>
    <message>
        <location filename="../../plugin/reviewing/files.py"/>
        <source>There is no fit to write a script of.</source>
        <translation>Es gibt keine Anpassung für ein Skript.</translation>
    </message>
    <message>
        <location filename="../../ui/panels/warp_panel.py"/>
        <source>There is no fit yet: find, import or add points first.</source>
        <translation>Es gibt noch keine Anpassung: erst Punkte suchen, importieren oder hinzufügen.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/report_page.py"/>
        <source>There is no fit: {0}</source>
        <translation>Es gibt keine Anpassung: {0}</translation>
    </message>
    <message>
        <location filename="../../plugin/reviewing/files.py"/>
        <source>There is no pair of rasters to put the points on.</source>
        <translation>Es gibt kein Rasterpaar für die Punkte.</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/explainer.py"/>
        <source>There is no point selected.</source>
        <translation>Es ist kein Punkt gewählt.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/session.py"/>
        <source>There is no point {0}.</source>
        <translation>Es gibt keinen Punkt {0}.</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/adapting.py"/>
        <source>There is no review to adapt to.</source>
        <translation>Es gibt keine Prüfung, aus der gelernt werden kann.</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/keeping.py"/>
        <source>There is no review to report.</source>
        <translation>Es gibt keine Prüfung zu berichten.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/warpvector.py"/>
        <source>There is no vector layer.</source>
        <translation>Es gibt keinen Vektorlayer.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/align/place.py"/>
        <source>There is too little valid ground around the place in both images to measure it.</source>
        <translation>Um die Stelle ist in beiden Bildern zu wenig gültiges Gelände, um sie zu messen.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/deliver/explain.py"/>
        <source>There is too little valid ground around the place in both images.</source>
        <translation>Um die Stelle ist in beiden Bildern zu wenig gültiges Gelände.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/learn/adapt.py"/>
        <source>There is too little valid ground around the points held back to measure by.</source>
        <translation>Um die zurückgehaltenen Punkte gibt es zu wenig gültigen Boden, um zu messen.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/learn/adapt.py"/>
        <source>There is too little valid ground around the points to train on.</source>
        <translation>Um die Punkte gibt es zu wenig gültigen Boden, um daraus zu lernen.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/transforms.py"/>
        <source>Thin-plate spline</source>
        <translation>Thin-Plate-Spline</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/control.py"/>
        <source>This control-point file does not say where the reference's pixels lie.</source>
        <translation>Diese Passpunktdatei sagt nicht, wo die Pixel der Referenz liegen.</translation>
    </message>
    <message>
        <location filename="../../plugin/work/tasks.py"/>
        <source>This is a defect; please report it with the diagnostics report.</source>
        <translation>Das ist ein Fehler der Erweiterung; bitte mit dem Diagnosebericht melden.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/worker.py"/>
        <source>This is a defect; please report it with the log.</source>
        <translation>Das ist ein Fehler der Erweiterung; bitte mit dem Protokoll melden.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/deliver/deliver.py"/>
        <source>This kind of point file does not say where the reference's pixels lie.</source>
        <translation>Diese Art von Punktdatei sagt nicht, wo die Pixel der Referenz liegen.</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/network.py"/>
        <source>This torch finds no GPU.</source>
        <translation>Dieses torch findet keine GPU.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Threads</source>
        <translation>Threads</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/matching.py"/>
        <source>Tie points</source>
        <translation>Verknüpfungspunkte</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/matching.py"/>
        <source>Tie points found</source>
        <translation>Gefundene Verknüpfungspunkte</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/matching.py"/>
        <source>Tie points kept</source>
        <translation>Behaltene Verknüpfungspunkte</translation>
    </message>
    <message>
        <location filename="../../plugin/reviewing/sessions.py"/>
        <source>Tie points of another pair are being found.</source>
        <translation>Es werden gerade Verknüpfungspunkte eines anderen Paars gesucht.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Tie points tried over the whole overlap.</source>
        <translation>Über die ganze Überlappung versuchte Verknüpfungspunkte.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Tie points with a lower score (0 to 1) are disabled.</source>
        <translation>Verknüpfungspunkte mit kleinerem Score (0 bis 1) werden abgeschaltet.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Tile size</source>
        <translation>Kachelgröße</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Tiles are made so small, whatever the tile size says, that matching stays within it; where not even the smallest would, the run is refused. 0 = no limit.</source>
        <translation>Die Kacheln werden, was auch die Kachelgröße sagt, so klein gemacht, dass das Matching darin bleibt; ginge es selbst mit der kleinsten nicht, wird der Lauf abgelehnt. 0 = keine Grenze.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/report_page.py"/>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <location filename="../../ui/panels/accuracy_panel.py"/>
        <source>Too few points to tell.</source>
        <translation>Zu wenige Punkte für eine Aussage.</translation>
    </message>
    <message>
        <location filename="../../ui/parts/adapt_menu.py"/>
        <source>Train the network for some minutes around the points in the fit; kept only where points held back are found more closely</source>
        <translation>Das Netz einige Minuten um die Punkte in der Anpassung lernen lassen; behalten wird es nur, wo zurückgehaltene Punkte genauer gefunden werden</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/adaptnetwork.py"/>
        <source>Trains the network of ME-SSM for some minutes on the scene itself: on windows around the enabled control points, from the weights it has. About a quarter of the points, in parts of the scene of their own, is held back; the adapted weights are written only where these points are found more closely than before. Hand them to 'Find tie points' as weights=FILE. The weights that came with the plugin stay as they are. Check the control points first: what is wrong would be learnt too.</source>
        <translation>Lässt das Netz von ME-SSM einige Minuten auf der Szene selbst nachlernen: in Fenstern um die eingeschalteten Passpunkte, ausgehend von den Gewichten, die es hat. Etwa ein Viertel der Punkte, in eigenen Teilen der Szene, wird zurückgehalten; die nachgelernten Gewichte werden nur geschrieben, wo diese Punkte genauer gefunden werden als vorher. 'Verknüpfungspunkte suchen' bekommt sie als weights=DATEI. Die Gewichte, die mit der Erweiterung kamen, bleiben, wie sie sind. Zuerst die Passpunkte prüfen: Falsches würde mitgelernt.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Transform fitted to the tie points.</source>
        <translation>An die Verknüpfungspunkte angepasste Transformation.</translation>
    </message>
    <message>
        <location filename="../../ui/panels/match_panel.py"/>
        <source>Transform fitted to the tie points. Automatic takes the simplest model whose hold-out RMSE is within one standard error of the best.</source>
        <translation>An die Verknüpfungspunkte angepasste Transformation. Automatisch nimmt das einfachste Modell, dessen Hold-out-RMSE innerhalb eines Standardfehlers vom besten liegt.</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/compare.py"/>
        <source>Turn on the preview first: before and after are the same.</source>
        <translation>Erst die Vorschau einschalten: Vorher und nachher sind gleich.</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/registry.py"/>
        <source>Two matchers are called {0}.</source>
        <translation>Zwei Matcher heißen {0}.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/outputs.py"/>
        <source>Two outputs are one file: {0} and {1}.</source>
        <translation>Zwei Ausgaben sind dieselbe Datei: {0} und {1}.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/session.py"/>
        <source>Undecide</source>
        <translation>Zurücksetzen</translation>
    </message>
    <message>
        <location filename="../../ui/panels/review_tools.py"/>
        <source>Undecided</source>
        <translation>Offen</translation>
    </message>
    <message>
        <location filename="../../ui/views/advisor_table.py"/>
        <source>Undefined here: there is no point, or no block of points, to spare.</source>
        <translation>Hier unbestimmt: Kein Punkt oder kein Block von Punkten ist entbehrlich.</translation>
    </message>
    <message>
        <location filename="../../ui/panels/review_progress.py"/>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <location filename="../../plugin/reviewing/desk.py"/>
        <source>Undone: {0}</source>
        <translation>Rückgängig: {0}</translation>
    </message>
    <message>
        <location filename="../../plugin/core/points/files.py"/>
        <source>Unknown kind of control-point file {0}.</source>
        <translation>Unbekannte Art von Passpunktdatei {0}.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/transforms.py"/>
        <source>Unknown kind of transform {0}.</source>
        <translation>Unbekannte Art von Transformation {0}.</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/registry.py"/>
        <source>Unknown matcher {0}.</source>
        <translation>Unbekannter Matcher {0}.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/fitting.py"/>
        <source>Unknown model {0}.</source>
        <translation>Unbekanntes Modell {0}.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fields.py"/>
        <source>Unknown parameter(s): {0}.</source>
        <translation>Unbekannte Parameter: {0}.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/worker.py"/>
        <source>Unknown request {0}.</source>
        <translation>Unbekannte Anfrage {0}.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/read/despeckling.py"/>
        <source>Unknown speckle filter {0}.</source>
        <translation>Unbekannter Speckle-Filter {0}.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/read/opening.py"/>
        <source>Unpack it.</source>
        <translation>Entpacken.</translation>
    </message>
    <message>
        <location filename="../../plugin/work/worker_client.py"/>
        <source>Update the environment in Settings &gt; Options &gt; SAR-Optical Align.</source>
        <translation>Die Umgebung unter Einstellungen &gt; Optionen &gt; SAR-Optical Align aktualisieren.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/record.py"/>
        <source>Update the plugin.</source>
        <translation>Die Erweiterung aktualisieren.</translation>
    </message>
    <message>
        <location filename="../../ui/views/point_histogram.py"/>
        <source>Upper end of the range</source>
        <translation>Oberes Ende des Bereichs</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/report_page.py"/>
        <source>Use</source>
        <translation>Verwendung</translation>
    </message>
    <message>
        <location filename="../../plugin/core/points/files.py"/>
        <source>Use .points, .csv or .geojson.</source>
        <translation>.points, .csv oder .geojson verwenden.</translation>
    </message>
    <message>
        <location filename="../../plugin/gis/point_features.py"/>
        <source>Use a layer made by 'Find tie points' or 'Import control points'.</source>
        <translation>Einen Layer aus „Verknüpfungspunkte suchen“ oder „Passpunkte importieren“ verwenden.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>Use its amplitude</source>
        <translation>Amplitude verwenden</translation>
    </message>
    <message>
        <location filename="../../ui/panels/review_tools.py"/>
        <source>Use the selected points, whatever a filter said (A)</source>
        <translation>Gewählte Punkte verwenden, was auch ein Filter sagte (A)</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/adaptnetwork.py"/>
        <source>Used where no layer is given.</source>
        <translation>Wird verwendet, wo kein Layer angegeben ist.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Value outside the image; empty = that of the sensed raster, else 0 or NaN.</source>
        <translation>Wert außerhalb des Bildes; leer = der des Suchbilds, sonst 0 oder NaN.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/warpvector.py"/>
        <source>Vector layer</source>
        <translation>Vektorlayer</translation>
    </message>
    <message>
        <location filename="../../ui/panels/vector_choice.py"/>
        <source>Vectors</source>
        <translation>Vektoren</translation>
    </message>
    <message>
        <location filename="../../ui/panels/vector_choice.py"/>
        <source>Vectors drawn at the points on the map</source>
        <translation>An den Punkten auf der Karte gezeichnete Vektoren</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/report_page.py"/>
        <source>Versions</source>
        <translation>Versionen</translation>
    </message>
    <message>
        <location filename="../../ui/settings_page.py"/>
        <source>Versions and packages, without personal data: paste it into a bug report.</source>
        <translation>Versionen und Pakete, ohne persönliche Daten: für Fehlermeldungen.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/warpvector.py"/>
        <source>Vertices outside the sensed raster, where the model extrapolates</source>
        <translation>Stützpunkte außerhalb des Suchbilds, wo das Modell extrapoliert</translation>
    </message>
    <message>
        <location filename="../../plugin/reviewing/sessions.py"/>
        <source>Wait for the end of the run, or cancel it.</source>
        <translation>Warten Sie das Ende des Laufs ab oder brechen Sie ihn ab.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/state.py"/>
        <source>Wait for the run to end, or cancel it.</source>
        <translation>Das Ende des Laufs abwarten oder ihn abbrechen.</translation>
    </message>
    <message>
        <location filename="../../ui/views/siblings_list.py"/>
        <source>Warp along, with the same points</source>
        <translation>Mit denselben Punkten entzerren</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/warpraster.py"/>
        <source>Warp raster with control points</source>
        <translation>Raster mit Passpunkten entzerren</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/warpvector.py"/>
        <source>Warp vector with control points</source>
        <translation>Vektor mit Passpunkten entzerren</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/warpvector.py"/>
        <source>Warped layer</source>
        <translation>Entzerrter Layer</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/registerimages.py"/>
        <source>Warped raster</source>
        <translation>Entzerrtes Raster</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/warping/write.py"/>
        <source>Warping</source>
        <translation>Wird entzerrt</translation>
    </message>
    <message>
        <location filename="../../plugin/gis/warping.py"/>
        <source>Warping {0} failed: {1}.</source>
        <translation>Das Entzerren von {0} ist fehlgeschlagen: {1}.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/report_page.py"/>
        <source>Weights</source>
        <translation>Gewichte</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/msa_net.py"/>
        <source>What a SAR keypoint is compared with: every place of the optical image, or its keypoints only, as in the paper.</source>
        <translation>Womit ein SAR-Merkmalspunkt verglichen wird: mit jeder Stelle des optischen Bildes oder, wie in der Veröffentlichung, nur mit dessen Merkmalspunkten.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/adaptnetwork.py"/>
        <source>What happened, in a sentence</source>
        <translation>Was geschah, in einem Satz</translation>
    </message>
    <message>
        <location filename="../../ui/views/compare_strip.py"/>
        <source>What is above goes below</source>
        <translation>Was oben ist, kommt nach unten</translation>
    </message>
    <message>
        <location filename="../../ui/views/compare_strip.py"/>
        <source>What is compared with the reference: the live preview, the sensed raster as it lies, or a written result</source>
        <translation>Was mit der Referenz verglichen wird: die Live-Vorschau, das Suchbild, wie es liegt, oder ein geschriebenes Ergebnis</translation>
    </message>
    <message>
        <location filename="../../ui/views/point_histogram.py"/>
        <source>What is counted</source>
        <translation>Was gezählt wird</translation>
    </message>
    <message>
        <location filename="../../ui/settings_page.py"/>
        <source>What the dock begins with; what is changed here replaces the values of the last run.</source>
        <translation>Womit das Dock beginnt; was hier geändert wird, ersetzt die Werte des letzten Laufs.</translation>
    </message>
    <message>
        <location filename="../../ui/views/point_histogram.py"/>
        <source>What the histogram counts</source>
        <translation>Was das Histogramm zählt</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/report_page.py"/>
        <source>Where all of this comes from</source>
        <translation>Woher all das kommt</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Where networks run; automatic takes the GPU where torch finds one.</source>
        <translation>Wo Netze laufen; automatisch nimmt die GPU, wo torch eine findet.</translation>
    </message>
    <message>
        <location filename="../../ui/views/points_model.py"/>
        <source>Where the point stands in the review; points that are out stay in the list, out of the fit</source>
        <translation>Wo der Punkt in der Prüfung steht; Punkte außerhalb der Anpassung bleiben in der Liste</translation>
    </message>
    <message>
        <location filename="../../ui/panels/warp_panel.py"/>
        <source>Where the warped raster is written; nothing is overwritten without asking</source>
        <translation>Wohin das entzerrte Raster geschrieben wird; nichts wird ungefragt überschrieben</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Which matcher finds the tie points; automatic takes the most accurate one installed.</source>
        <translation>Welcher Matcher die Verknüpfungspunkte sucht; automatisch nimmt den genauesten installierten.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/assessment_page.py"/>
        <source>Why disabled</source>
        <translation>Warum abgeschaltet</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/assessgcps.py"/>
        <source>Why it is recommended</source>
        <translation>Warum es empfohlen ist</translation>
    </message>
    <message>
        <location filename="../../ui/views/points_model.py"/>
        <source>Why the point is not in the fit</source>
        <translation>Warum der Punkt nicht in der Anpassung ist</translation>
    </message>
    <message>
        <location filename="../../ui/panels/accuracy_panel.py"/>
        <source>Why this model; the link lets the model follow the advisor</source>
        <translation>Warum dieses Modell; mit dem Verweis folgt das Modell dem Berater</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/keeping.py"/>
        <source>Windows batch file</source>
        <translation>Windows-Batchdatei</translation>
    </message>
    <message>
        <location filename="../../plugin/core/output/plan.py"/>
        <source>With pixels of {0} {1} the output would have {2} x {3} px.</source>
        <translation>Mit Pixeln von {0} {1} hätte die Ausgabe {2} x {3} px.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>Work at {0} {1}</source>
        <translation>Mit {0} {1} arbeiten</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Working GSD</source>
        <translation>Arbeits-GSD</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>Working at {0} {1} interpolates the coarser raster ({2} {3}) without gaining detail.</source>
        <translation>Mit {0} {1} zu arbeiten interpoliert das gröbere Raster ({2} {3}), ohne Einzelheiten zu gewinnen.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>Write exactly the reference's grid (extent and pixel size).</source>
        <translation>Genau auf das Gitter der Referenz schreiben (Ausdehnung und Pixelgröße).</translation>
    </message>
    <message>
        <location filename="../../plugin/core/points/ground_check.py"/>
        <source>Write the CRS of the points as the first line of the .points file, for example #CRS: EPSG:32633.</source>
        <translation>Schreiben Sie das KBS der Punkte in die erste Zeile der .points-Datei, zum Beispiel #CRS: EPSG:32633.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/points/ground_check.py"/>
        <source>Write the CRS of the points as the first line of the .points file, for example #CRS: EPSG:4326.</source>
        <translation>Schreiben Sie das KBS der Punkte in die erste Zeile der .points-Datei, zum Beispiel #CRS: EPSG:4326.</translation>
    </message>
    <message>
        <location filename="../../ui/panels/warp_panel.py"/>
        <source>Write the sensed raster, warped with the fit as it is, and the layers that are ticked</source>
        <translation>Das Suchbild mit der jetzigen Anpassung entzerrt schreiben, dazu die angehakten Layer</translation>
    </message>
    <message>
        <location filename="../../ui/dock.py"/>
        <source>Write the warped raster</source>
        <translation>Das entzerrte Raster schreiben</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/exportpoints.py"/>
        <source>Writes a tie-point layer as .points (opens in the QGIS Georeferencer), .csv or .geojson, by the suffix of the file. A .points file also holds the residuals of a model fitted to the enabled points, in pixels of the reference.</source>
        <translation>Schreibt einen Layer mit Verknüpfungspunkten als .points (öffnet die QGIS-Georeferenzierung), .csv oder .geojson, je nach Endung der Datei. Eine .points-Datei enthält auch die Residuen eines an die eingeschalteten Punkte angepassten Modells, in Pixeln der Referenz.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/warping/write.py"/>
        <source>Writing the cloud-optimised file</source>
        <translation>Die cloud-optimierte Datei wird geschrieben</translation>
    </message>
    <message>
        <location filename="../../plugin/reviewing/report.py"/>
        <source>Writing the report</source>
        <translation>Der Bericht wird geschrieben</translation>
    </message>
    <message>
        <location filename="../../plugin/core/output/publish.py"/>
        <source>Written</source>
        <translation>Geschrieben</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/adaptnetwork.py"/>
        <source>Written with a card (.json) beside it, where the adapted weights are better.</source>
        <translation>Wird mit einer Karte (.json) daneben geschrieben, wo die nachgelernten Gewichte besser sind.</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/keeping.py"/>
        <source>Written: {0}</source>
        <translation>Geschrieben: {0}</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/keeping.py"/>
        <source>Written: {0} and its control points</source>
        <translation>Geschrieben: {0} und die Passpunkte dazu</translation>
    </message>
    <message>
        <location filename="../../ui/panels/review_tools.py"/>
        <source>Zoom to the point</source>
        <translation>Auf den Punkt zoomen</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/protocol.py"/>
        <source>a message</source>
        <translation>eine Nachricht</translation>
    </message>
    <message>
        <location filename="../../ui/panels/warp_panel.py"/>
        <source>a new GeoTIFF</source>
        <translation>ein neues GeoTIFF</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/transforms.py"/>
        <source>a transform</source>
        <translation>eine Transformation</translation>
    </message>
    <message>
        <location filename="../../plugin/core/jsonable.py"/>
        <source>a value of {0}</source>
        <translation>ein Wert von {0}</translation>
    </message>
    <message>
        <location filename="../../ui/parts/palette.py"/>
        <source>accepted</source>
        <translation>angenommen</translation>
    </message>
    <message>
        <location filename="../../ui/parts/palette.py"/>
        <source>added</source>
        <translation>hinzugefügt</translation>
    </message>
    <message>
        <location filename="../../packaging/texts.py"/>
        <source>all</source>
        <translation>alle</translation>
    </message>
    <message>
        <location filename="../../packaging/texts.py"/>
        <source>alpha band</source>
        <translation>Alphakanal</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>amplitude</source>
        <translation>Amplitude</translation>
    </message>
    <message>
        <location filename="../../packaging/texts.py"/>
        <source>and</source>
        <translation>und</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>as chosen</source>
        <translation>wie gewählt</translation>
    </message>
    <message>
        <location filename="../../ui/views/chips_view.py"/>
        <source>as fitted</source>
        <translation>wie angepasst</translation>
    </message>
    <message>
        <location filename="../../ui/views/chips_view.py"/>
        <source>as georeferenced</source>
        <translation>wie georeferenziert</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>as their range and histogram tell</source>
        <translation>nach Wertebereich und Histogramm</translation>
    </message>
    <message>
        <location filename="../../packaging/texts.py"/>
        <source>automatic</source>
        <translation>automatisch</translation>
    </message>
    <message>
        <location filename="../../ui/panels/match_panel.py"/>
        <source>band: auto</source>
        <translation>Kanal: auto</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>bare pixels</source>
        <translation>bloße Pixel</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/report_page.py"/>
        <source>bytes</source>
        <translation>Bytes</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/point.py"/>
        <source>check point</source>
        <translation>Prüfpunkt</translation>
    </message>
    <message>
        <location filename="../../ui/panels/match_panel.py"/>
        <source>choose a raster layer</source>
        <translation>Rasterlayer wählen</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/point.py"/>
        <source>coordinates must be finite</source>
        <translation>Koordinaten müssen endlich sein</translation>
    </message>
    <message>
        <location filename="../../ui/parts/answer.py"/>
        <source>coverage {0:.0f} %</source>
        <translation>Abdeckung {0:.0f} %</translation>
    </message>
    <message>
        <location filename="../../ui/views/points_model.py"/>
        <source>dX</source>
        <translation>dX</translation>
    </message>
    <message>
        <location filename="../../ui/views/points_model.py"/>
        <source>dY</source>
        <translation>dY</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>decibel</source>
        <translation>Dezibel</translation>
    </message>
    <message>
        <location filename="../../packaging/texts.py"/>
        <source>declared</source>
        <translation>angegeben</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/report_page.py"/>
        <source>defaults</source>
        <translation>Vorgaben</translation>
    </message>
    <message>
        <location filename="../../plugin/core/output/plan.py"/>
        <source>degrees</source>
        <translation>Grad</translation>
    </message>
    <message>
        <location filename="../../packaging/texts.py"/>
        <source>disabled</source>
        <translation>abgeschaltet</translation>
    </message>
    <message>
        <location filename="../../packaging/texts.py"/>
        <source>disabled in file</source>
        <translation>in der Datei abgeschaltet</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>disagrees with its neighbours</source>
        <translation>widerspricht seinen Nachbarn</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/read/working_grid.py"/>
        <source>do not overlap: they lie {0} {1} apart</source>
        <translation>überlappen sich nicht: Sie liegen {0} {1} auseinander</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>does not fit the robust model</source>
        <translation>passt nicht zum robusten Modell</translation>
    </message>
    <message>
        <location filename="../../ui/views/points_model.py"/>
        <source>doubt {0:.2f} x leverage {1:.3f} x error {2:.2f} px</source>
        <translation>Zweifel {0:.2f} x Hebel {1:.3f} x Fehler {2:.2f} px</translation>
    </message>
    <message>
        <location filename="../../ui/parts/answer.py"/>
        <source>down</source>
        <translation>unten</translation>
    </message>
    <message>
        <location filename="../../ui/parts/palette.py"/>
        <source>edited</source>
        <translation>bearbeitet</translation>
    </message>
    <message>
        <location filename="../../plugin/work/worker_client.py"/>
        <source>ended with exit code {0}</source>
        <translation>endete mit Code {0}</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/msa_net.py"/>
        <source>every place</source>
        <translation>jede Stelle</translation>
    </message>
    <message>
        <location filename="../../ui/panels/accuracy_panel.py"/>
        <source>figures in px of the reference</source>
        <translation>in px der Referenz</translation>
    </message>
    <message>
        <location filename="../../ui/parts/palette.py"/>
        <source>filtered out</source>
        <translation>ausgefiltert</translation>
    </message>
    <message>
        <location filename="../../ui/views/checks_list.py"/>
        <source>fine</source>
        <translation>in Ordnung</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>forward and backward match disagree</source>
        <translation>Hin- und Rückzuordnung widersprechen sich</translation>
    </message>
    <message>
        <location filename="../../ui/settings_page.py"/>
        <source>from PyPI</source>
        <translation>von PyPI</translation>
    </message>
    <message>
        <location filename="../../ui/parts/export_menu.py"/>
        <source>gdal_translate and gdalwarp with the points in the fit, for Linux and macOS (.sh) or Windows (.bat)</source>
        <translation>gdal_translate und gdalwarp mit den Punkten in der Anpassung, für Linux und macOS (.sh) oder Windows (.bat)</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>georeferencing</source>
        <translation>Georeferenzierung</translation>
    </message>
    <message>
        <location filename="../../packaging/texts.py"/>
        <source>hold-out</source>
        <translation>Hold-out</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/control.py"/>
        <source>in one place</source>
        <translation>an einer Stelle</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/report_page.py"/>
        <source>in the fit</source>
        <translation>in der Anpassung</translation>
    </message>
    <message>
        <location filename="../../ui/views/checks_list.py"/>
        <source>in the way</source>
        <translation>steht im Weg</translation>
    </message>
    <message>
        <location filename="../../plugin/work/environment.py"/>
        <source>it does not answer as a Python does</source>
        <translation>es antwortet nicht wie ein Python</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/msa_net.py"/>
        <source>keypoints</source>
        <translation>Merkmalspunkte</translation>
    </message>
    <message>
        <location filename="../../packaging/texts.py"/>
        <source>leave-one-out</source>
        <translation>Leave-one-out</translation>
    </message>
    <message>
        <location filename="../../ui/parts/answer.py"/>
        <source>leave-one-out RMSE {0}</source>
        <translation>Leave-one-out-RMSE {0}</translation>
    </message>
    <message>
        <location filename="../../packaging/texts.py"/>
        <source>leave-one-out error</source>
        <translation>Leave-one-out-Fehler</translation>
    </message>
    <message>
        <location filename="../../ui/parts/answer.py"/>
        <source>left</source>
        <translation>links</translation>
    </message>
    <message>
        <location filename="../../packaging/texts.py"/>
        <source>left out</source>
        <translation>ausgelassen</translation>
    </message>
    <message>
        <location filename="../../ui/views/checks_list.py"/>
        <source>look at this</source>
        <translation>ansehen</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>low similarity</source>
        <translation>geringe Ähnlichkeit</translation>
    </message>
    <message>
        <location filename="../../packaging/texts.py"/>
        <source>map units</source>
        <translation>Karteneinheiten</translation>
    </message>
    <message>
        <location filename="../../packaging/texts.py"/>
        <source>mask</source>
        <translation>Maske</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>narrow search</source>
        <translation>enge Suche</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>network</source>
        <translation>Netz</translation>
    </message>
    <message>
        <location filename="../../ui/views/heatmap.py"/>
        <source>no 2nd</source>
        <translation>kein 2.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>no CRS</source>
        <translation>kein KBS</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>no limit</source>
        <translation>keine Grenze</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>no overlap</source>
        <translation>keine Überlappung</translation>
    </message>
    <message>
        <location filename="../../packaging/texts.py"/>
        <source>no raster bands</source>
        <translation>keine Rasterkanäle</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/report_page.py"/>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <location filename="../../ui/settings_page.py"/>
        <source>none: only matchers without networks</source>
        <translation>keines: nur Verfahren ohne Netze</translation>
    </message>
    <message>
        <location filename="../../plugin/reviewing/point_text.py"/>
        <source>number {0} of the queue: doubt {1:.2f}, leverage {2:.3f}</source>
        <translation>Nummer {0} der Reihenfolge: Zweifel {1:.2f}, Hebel {2:.3f}</translation>
    </message>
    <message>
        <location filename="../../ui/panels/accuracy_panel.py"/>
        <source>of the fitted transform</source>
        <translation>der angepassten Transformation</translation>
    </message>
    <message>
        <location filename="../../ui/panels/accuracy_panel.py"/>
        <source>of the points in the fit</source>
        <translation>der Punkte in der Anpassung</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/control.py"/>
        <source>on one line</source>
        <translation>auf einer Linie</translation>
    </message>
    <message>
        <location filename="../../ui/settings_page.py"/>
        <source>only for computers without network</source>
        <translation>nur für Rechner ohne Netz</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/adaptnetwork.py"/>
        <source>or control-point file</source>
        <translation>oder Passpunktdatei</translation>
    </message>
    <message>
        <location filename="../../packaging/texts.py"/>
        <source>outlier in AROSICS</source>
        <translation>Ausreißer in AROSICS</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/read/working_grid.py"/>
        <source>overlap too little to be compared</source>
        <translation>überlappen sich zu wenig für einen Vergleich</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>overlap {0} %</source>
        <translation>Überlappung {0} %</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>peak at the edge of the search window</source>
        <translation>Maximum am Rand des Suchfensters</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/record.py"/>
        <source>point {0}: {1}</source>
        <translation>Punkt {0}: {1}</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>power</source>
        <translation>Leistung</translation>
    </message>
    <message>
        <location filename="../../ui/parts/palette.py"/>
        <source>predicted</source>
        <translation>vorhergesagt</translation>
    </message>
    <message>
        <location filename="../../packaging/texts.py"/>
        <source>reference</source>
        <translation>Referenz</translation>
    </message>
    <message>
        <location filename="../../ui/parts/palette.py"/>
        <source>rejected</source>
        <translation>verworfen</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>rejected by the analyst</source>
        <translation>vom Auswerter verworfen</translation>
    </message>
    <message>
        <location filename="../../packaging/texts.py"/>
        <source>residual</source>
        <translation>Residuum</translation>
    </message>
    <message>
        <location filename="../../plugin/reviewing/report_pictures.py"/>
        <source>residual length [reference px]</source>
        <translation>Länge der Residuen [Referenz-px]</translation>
    </message>
    <message>
        <location filename="../../plugin/reviewing/point_text.py"/>
        <source>residual {0:.2f} px ({1:+.2f}, {2:+.2f})</source>
        <translation>Residuum {0:.2f} px ({1:+.2f}; {2:+.2f})</translation>
    </message>
    <message>
        <location filename="../../ui/parts/answer.py"/>
        <source>right</source>
        <translation>rechts</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/fingerprint.py"/>
        <source>same size, other content</source>
        <translation>gleiche Größe, anderer Inhalt</translation>
    </message>
    <message>
        <location filename="../../packaging/texts.py"/>
        <source>score</source>
        <translation>Score</translation>
    </message>
    <message>
        <location filename="../../plugin/reviewing/point_text.py"/>
        <source>score {0:.2f}</source>
        <translation>Score {0:.2f}</translation>
    </message>
    <message>
        <location filename="../../plugin/core/types.py"/>
        <source>second peak nearly as high</source>
        <translation>zweites Maximum fast so hoch</translation>
    </message>
    <message>
        <location filename="../../packaging/texts.py"/>
        <source>sensed</source>
        <translation>Suchbild</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/report_page.py"/>
        <source>shift {0:.2f}, {1:.2f}, rotation {2:.2f}°, scale {3:.4f}</source>
        <translation>Verschiebung {0:.2f}; {1:.2f}, Drehung {2:.2f}°, Maßstab {3:.4f}</translation>
    </message>
    <message>
        <location filename="../../ui/parts/answer.py"/>
        <source>shift {0}, {1}</source>
        <translation>Verschiebung {0}, {1}</translation>
    </message>
    <message>
        <location filename="../../ui/panels/accuracy_panel.py"/>
        <source>show</source>
        <translation>zeigen</translation>
    </message>
    <message>
        <location filename="../../ui/panels/accuracy_panel.py"/>
        <source>show the most squeezed place</source>
        <translation>die am stärksten gestauchte Stelle zeigen</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/deliver/deliver.py"/>
        <source>the CRS of the points</source>
        <translation>das KBS der Punkte</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/read/georeferencing.py"/>
        <source>the RPCs</source>
        <translation>die RPCs</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/align/evidence.py"/>
        <source>the calibration</source>
        <translation>die Kalibrierung</translation>
    </message>
    <message>
        <location filename="../../plugin/core/points/files.py"/>
        <source>the control points</source>
        <translation>die Passpunkte</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/point.py"/>
        <source>the covariance is not positive definite</source>
        <translation>die Kovarianz ist nicht positiv definit</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/record.py"/>
        <source>the grid of the {0} raster is degenerate</source>
        <translation>das Gitter ({0}) ist entartet</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/point.py"/>
        <source>the id {0} is not a whole number from 1</source>
        <translation>die Nummer {0} ist keine ganze Zahl ab 1</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/align/verdict.py"/>
        <source>the judgement</source>
        <translation>die Beurteilung</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/read/sources.py"/>
        <source>the pixels</source>
        <translation>die Pixel</translation>
    </message>
    <message>
        <location filename="../../ui/parts/params_form.py"/>
        <source>the plugin's own</source>
        <translation>die mitgelieferten</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/deliver/deliver.py"/>
        <source>the points</source>
        <translation>die Punkte</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/deliver/deliver.py"/>
        <source>the points in the reference's CRS</source>
        <translation>die Punkte im KBS der Referenz</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/deliver/deliver.py"/>
        <source>the raster</source>
        <translation>das Raster</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/worker.py"/>
        <source>the request</source>
        <translation>die Anfrage</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/point.py"/>
        <source>the score must be finite</source>
        <translation>der Score muss endlich sein</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/file.py"/>
        <source>the session</source>
        <translation>die Sitzung</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/record.py"/>
        <source>the share of independent matches is not from 0 to 1</source>
        <translation>der Anteil unabhängiger Zuordnungen liegt nicht zwischen 0 und 1</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/protocol.py"/>
        <source>the similarity surfaces</source>
        <translation>die Ähnlichkeitsflächen</translation>
    </message>
    <message>
        <location filename="../../plugin/matchers/network.py"/>
        <source>the weights</source>
        <translation>die Gewichte</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/protocol.py"/>
        <source>the worker's answer</source>
        <translation>die Antwort des Arbeitsprozesses</translation>
    </message>
    <message>
        <location filename="../../plugin/work/worker_client.py"/>
        <source>the worker's progress</source>
        <translation>der Fortschritt des Arbeitsprozesses</translation>
    </message>
    <message>
        <location filename="../../plugin/work/worker_client.py"/>
        <source>the worker's tie points</source>
        <translation>die Verknüpfungspunkte des Arbeitsprozesses</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/record.py"/>
        <source>two points have the same id</source>
        <translation>zwei Punkte haben dieselbe Nummer</translation>
    </message>
    <message>
        <location filename="../../ui/panels/accuracy_panel.py"/>
        <source>unknown</source>
        <translation>unbekannt</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/record.py"/>
        <source>unknown model {0}</source>
        <translation>unbekanntes Modell {0}</translation>
    </message>
    <message>
        <location filename="../../packaging/texts.py"/>
        <source>unknown reason</source>
        <translation>unbekannter Grund</translation>
    </message>
    <message>
        <location filename="../../ui/parts/answer.py"/>
        <source>up</source>
        <translation>oben</translation>
    </message>
    <message>
        <location filename="../../plugin/work/worker_client.py"/>
        <source>was stopped by signal {0}</source>
        <translation>wurde durch Signal {0} beendet</translation>
    </message>
    <message>
        <location filename="../../plugin/work/worker_client.py"/>
        <source>was stopped by {0}</source>
        <translation>wurde durch {0} beendet</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>wide search</source>
        <translation>weite Suche</translation>
    </message>
    <message>
        <location filename="../../ui/settings_page.py"/>
        <source>with CUDA for NVIDIA cards, from PyPI (6 GB on disk)</source>
        <translation>mit CUDA für NVIDIA-Karten, von PyPI (6 GB auf der Platte)</translation>
    </message>
    <message>
        <location filename="../../ui/settings_page.py"/>
        <source>without CUDA, from download.pytorch.org (1.7 GB on disk)</source>
        <translation>ohne CUDA, von download.pytorch.org (1,7 GB auf der Platte)</translation>
    </message>
    <message>
        <location filename="../../ui/views/points_model.py"/>
        <source>x of transform(sensed) - reference, in reference pixels</source>
        <translation>x von Transformation(Suchbild) - Referenz, in Referenzpixeln</translation>
    </message>
    <message>
        <location filename="../../ui/views/points_model.py"/>
        <source>y of transform(sensed) - reference, in reference pixels, downwards</source>
        <translation>y von Transformation(Suchbild) - Referenz, in Referenzpixeln, nach unten</translation>
    </message>
    <message>
        <location filename="../../ui/views/compare_strip.py"/>
        <source>{0:.0f} px</source>
        <translation>{0:.0f} px</translation>
    </message>
    <message>
        <location filename="../../ui/views/chips_view.py"/>
        <source>{0:g} px wide</source>
        <translation>{0:g} px breit</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>{0} % of the smaller raster are covered by the other.</source>
        <translation>{0} % des kleineren Rasters sind vom anderen bedeckt.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>{0} % of the {1} raster are zeros at its edge that nothing declares as nodata; they are left out of the matching. Zeros inside the image count as image.</source>
        <translation>{1}: {0} % sind Nullen am Rand, die nichts als NoData ausweist; sie bleiben aus dem Matching heraus. Nullen im Inneren zählen als Bild.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/edge_fill.py"/>
        <source>{0} % of the {1} raster hold the value {2} up to its edge, and nothing declares it as nodata: it counts as image.</source>
        <translation>{1}: {0} % haben bis an den Rand den Wert {2}, den nichts als NoData ausweist; er zählt als Bild.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/advisor.py"/>
        <source>{0} ({1} RMSE {2} px) is the simplest model within one standard error of the best, {3} ({4} px).</source>
        <translation>{0} ({1}-RMSE {2} px) ist das einfachste Modell innerhalb eines Standardfehlers vom besten, {3} ({4} px).</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/advisor.py"/>
        <source>{0} ({1} RMSE {2} px) stays: {3} ({4} px) is too close to it to change for.</source>
        <translation>{0} ({1}-RMSE {2} px) bleibt: {3} ({4} px) liegt zu nahe daran, um zu wechseln.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/advisor.py"/>
        <source>{0} No redundancy, RMSE undefined: {1}.</source>
        <translation>{0} Keine Redundanz, RMSE unbestimmt: {1}.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/control.py"/>
        <source>{0} and {1} more</source>
        <translation>{0} und {1} weitere</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/learn/adapt.py"/>
        <source>{0} cannot be adapted to a scene.</source>
        <translation>{0} kann nicht auf einer Szene nachlernen.</translation>
    </message>
    <message>
        <location filename="../../plugin/work/environment.py"/>
        <source>{0} cannot be started: {1}.</source>
        <translation>{0} kann nicht gestartet werden: {1}.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/deliver/explain.py"/>
        <source>{0} cannot be written: {1}.</source>
        <translation>{0} kann nicht geschrieben werden: {1}.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/deliver/explain.py"/>
        <source>{0} compares no templates.</source>
        <translation>{0} vergleicht keine Muster.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>{0} complex</source>
        <translation>{0} komplex</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>{0} constant</source>
        <translation>{0} konstant</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/fitting.py"/>
        <source>{0} control points but covariances of shape {1}.</source>
        <translation>{0} Passpunkte, aber Kovarianzen der Form {1}.</translation>
    </message>
    <message>
        <location filename="../../ui/panels/accuracy_panel.py"/>
        <source>{0} empty</source>
        <translation>{0} leer</translation>
    </message>
    <message>
        <location filename="../../plugin/core/outputs.py"/>
        <source>{0} exists already.</source>
        <translation>{0} gibt es schon.</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/warping.py"/>
        <source>{0} exists. Replace it?</source>
        <translation>{0} existiert. Ersetzen?</translation>
    </message>
    <message>
        <location filename="../../ui/views/point_histogram.py"/>
        <source>{0} from {1} to {2} px, rejected by the analyst</source>
        <translation>{0} von {1} bis {2} px, vom Auswerter verworfen</translation>
    </message>
    <message>
        <location filename="../../ui/views/point_histogram.py"/>
        <source>{0} from {1} to {2}, rejected by the analyst</source>
        <translation>{0} von {1} bis {2}, vom Auswerter verworfen</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/read/frames.py"/>
        <source>{0} has no CRS, the other raster has.</source>
        <translation>{0} hat kein KBS, das andere Raster schon.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/read/sources.py"/>
        <source>{0} has no band {1}.</source>
        <translation>{0} hat keinen Kanal {1}.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/read/frames.py"/>
        <source>{0} has no georeferencing, the other raster has.</source>
        <translation>{0} ist nicht georeferenziert, das andere Raster schon.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/advisor.py"/>
        <source>{0} has the smallest {1} RMSE ({2} px); no simpler model is within one standard error of it.</source>
        <translation>{0} hat den kleinsten {1}-RMSE ({2} px); kein einfacheres Modell liegt innerhalb eines Standardfehlers davon.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/output/siblings.py"/>
        <source>{0} has {1} x {2} px and no georeferencing, the sensed raster {3} x {4}.</source>
        <translation>{0} hat {1} x {2} px und keine Georeferenzierung, das Suchbild {3} x {4}.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/fields.py"/>
        <source>{0} has: {1}.</source>
        <translation>{0} hat: {1}.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/output/layout.py"/>
        <source>{0} holds complex samples.</source>
        <translation>{0} enthält komplexe Werte.</translation>
    </message>
    <message>
        <location filename="../../plugin/work/start_worker.py"/>
        <source>{0} holds no package.</source>
        <translation>{0} enthält kein Paket.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/read/sources.py"/>
        <source>{0} holds several images and none of its own.</source>
        <translation>{0} enthält mehrere Bilder und kein eigenes.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/outputs.py"/>
        <source>{0} is a folder.</source>
        <translation>{0} ist ein Ordner.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/read/opening.py"/>
        <source>{0} is an archive, not a raster.</source>
        <translation>{0} ist ein Archiv, kein Raster.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/output/siblings.py"/>
        <source>{0} is in another CRS than the sensed raster.</source>
        <translation>{0} liegt in einem anderen KBS als das Suchbild.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/deliver/explain.py"/>
        <source>{0} is no name of a picture.</source>
        <translation>{0} ist kein Name eines Bildes.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/outputs.py"/>
        <source>{0} is no ordinary file but a device, a pipe or a socket.</source>
        <translation>{0} ist keine gewöhnliche Datei, sondern ein Gerät, eine Pipe oder ein Socket.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/worker.py"/>
        <source>{0} is not a path.</source>
        <translation>{0} ist kein Pfad.</translation>
    </message>
    <message>
        <location filename="../../plugin/gis/rasters.py"/>
        <source>{0} is not a raster file.</source>
        <translation>{0} ist keine Rasterdatei.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/file.py"/>
        <source>{0} is not a session.</source>
        <translation>{0} ist keine Prüfung.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/record.py"/>
        <source>{0} is not the name of a file of weights.</source>
        <translation>{0} ist kein Name einer Datei mit Gewichten.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/read/sources.py"/>
        <source>{0} is only {1} x {2} px.</source>
        <translation>{0} hat nur {1} x {2} px.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/outputs.py"/>
        <source>{0} is protected against writing.</source>
        <translation>{0} ist schreibgeschützt.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/read/opening.py"/>
        <source>{0} is read over the network, from {1}.</source>
        <translation>{0} wird über das Netz gelesen, von {1}.</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/preflight.py"/>
        <source>{0} is taken to be in {1}; its file stays as it is.</source>
        <translation>{0} gilt jetzt als in {1} liegend; die Datei bleibt, wie sie ist.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/advisor.py"/>
        <source>{0} is the simplest model; there are too few points to test any: no redundancy, RMSE undefined.</source>
        <translation>{0} ist das einfachste Modell; für einen Test sind es zu wenige Punkte: keine Redundanz, RMSE unbestimmt.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/points/files.py"/>
        <source>{0} is too large for a control-point file.</source>
        <translation>{0} ist zu groß für eine Passpunktdatei.</translation>
    </message>
    <message>
        <location filename="../../ui/parts/adapt_menu.py"/>
        <source>{0} is trained on windows around the {1} points in the fit. About a quarter of them, in parts of the scene of their own, is held back: the adapted weights are kept only where these points are found more closely than before. They belong to this review and can be discarded; the weights that came with the plugin stay as they are. Check the points first: what is wrong would be learnt too.</source>
        <translation>{0} lernt in Fenstern um die {1} Punkte in der Anpassung nach. Etwa ein Viertel davon, in eigenen Teilen der Szene, wird zurückgehalten: Die nachgelernten Gewichte werden nur behalten, wo diese Punkte genauer gefunden werden als vorher. Sie gehören zu dieser Prüfung und lassen sich verwerfen; die Gewichte, die mit der Erweiterung kamen, bleiben, wie sie sind. Zuerst die Punkte prüfen: Falsches würde mitgelernt.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/read/opening.py"/>
        <source>{0} lies on the network.</source>
        <translation>{0} liegt im Netz.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/outputs.py"/>
        <source>{0} lies there already and would become part of the new raster.</source>
        <translation>{0} liegt schon dort und würde Teil des neuen Rasters.</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/align/budget.py"/>
        <source>{0} needs a memory budget of {1} MB at least.</source>
        <translation>{0} braucht ein Speicherbudget von mindestens {1} MB.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/control.py"/>
        <source>{0} needs at least {1} point(s), there are {2} (points {3} share one position).</source>
        <translation>{0} braucht mindestens {1} Punkte, es sind {2} (die Punkte {3} teilen einen Ort).</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/control.py"/>
        <source>{0} needs at least {1} point(s), there are {2}.</source>
        <translation>{0} braucht mindestens {1} Punkte, es sind {2}.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/errors.py"/>
        <source>{0} needs {1}.</source>
        <translation>{0} braucht {1}.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/importpoints.py"/>
        <source>{0} of {1} points lie far outside the sensed raster (pixel size {2}). Is it the raster the points were made for?</source>
        <translation>{0} von {1} Punkten liegen weit außerhalb des Suchbilds (Pixelgröße {2}). Gehören die Punkte zu diesem Raster?</translation>
    </message>
    <message>
        <location filename="../../ui/panels/review_progress.py"/>
        <source>{0} of {1} reviewed</source>
        <translation>{0} von {1} geprüft</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/align/verdict.py"/>
        <source>{0} of {1} tie points agree; probability that the alignment is right {2} %.</source>
        <translation>{0} von {1} Verknüpfungspunkten passen zusammen; Wahrscheinlichkeit, dass die Ausrichtung stimmt: {2} %.</translation>
    </message>
    <message>
        <location filename="../../ui/parts/answer.py"/>
        <source>{0} of {1} tie points kept</source>
        <translation>{0} von {1} Verknüpfungspunkten behalten</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/control.py"/>
        <source>{0} sensed positions but {1} reference positions.</source>
        <translation>{0} Orte im Suchbild, aber {1} in der Referenz.</translation>
    </message>
    <message>
        <location filename="../../ui/panels/match_panel.py"/>
        <source>{0} settings</source>
        <translation>Einstellungen von {0}</translation>
    </message>
    <message>
        <location filename="../../plugin/core/session/fingerprint.py"/>
        <source>{0} then, {1} now</source>
        <translation>{0} damals, {1} jetzt</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>{0} unreadable</source>
        <translation>{0} unlesbar</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/warpvector.py"/>
        <source>{0} vertices lie outside the sensed raster, where the model extrapolates.</source>
        <translation>{0} Stützpunkte liegen außerhalb des Suchbilds, wo das Modell extrapoliert.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/advisor.py"/>
        <source>{0}, the simplest model, has the smallest {1} RMSE ({2} px).</source>
        <translation>{0}, das einfachste Modell, hat den kleinsten {1}-RMSE ({2} px).</translation>
    </message>
    <message>
        <location filename="../../plugin/reviewing/snapper.py"/>
        <source>{0}, {1:.1f} px away: score {2:.2f}, similarity {3:.2f}, next peak {4:.2f}</source>
        <translation>{0}, {1:.1f} px entfernt: Score {2:.2f}, Ähnlichkeit {3:.2f}, nächstes Maximum {4:.2f}</translation>
    </message>
    <message>
        <location filename="../../plugin/engine/deliver/explain.py"/>
        <source>{0}, {1} lies outside the overlap.</source>
        <translation>{0}, {1} liegt außerhalb der Überlappung.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>{0}: RPCs</source>
        <translation>{0}: RPCs</translation>
    </message>
    <message>
        <location filename="../../plugin/dock/compare.py"/>
        <source>{0}: a virtual layer, nothing is written</source>
        <translation>{0}: ein virtueller Layer, nichts wird geschrieben</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/matching.py"/>
        <source>{0}: band(s)</source>
        <translation>{0}: Kanäle</translation>
    </message>
    <message>
        <location filename="../../plugin/provider/matching.py"/>
        <source>{0}: sensor</source>
        <translation>{0}: Sensor</translation>
    </message>
    <message>
        <location filename="../../plugin/core/points/qgis_points.py"/>
        <source>{0}: the point has no place in the rasters' coordinates.</source>
        <translation>{0}: Der Punkt hat keinen Ort in den Koordinaten der Raster.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/fitting.py"/>
        <source>{0}: the {1} points do not determine it (they lie on one line or one curve).</source>
        <translation>{0}: Die {1} Punkte bestimmen es nicht (sie liegen auf einer Linie oder Kurve).</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fit/control.py"/>
        <source>{0}: the {1} positions of the {2} points lie {3}.</source>
        <translation>{0}: Die Orte der {2} Punkte ({1}) liegen {3}.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>{0}: zero border</source>
        <translation>{0}: Nullrand</translation>
    </message>
    <message>
        <location filename="../../plugin/reviewing/report.py"/>
        <source>{0}: {1:.2f} px, score {2:.2f}</source>
        <translation>{0}: {1:.2f} px, Score {2:.2f}</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>{0}: {1} GCPs</source>
        <translation>{0}: {1} Passpunkte</translation>
    </message>
    <message>
        <location filename="../../plugin/core/run/preflight.py"/>
        <source>{0}: {1} at its edge</source>
        <translation>{0}: {1} am Rand</translation>
    </message>
    <message>
        <location filename="../../ui/parts/params_form.py"/>
        <source>{0}: {1} is not a number.</source>
        <translation>{0}: {1} ist keine Zahl.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fields.py"/>
        <source>{0}: {1} is not of type {2}.</source>
        <translation>{0}: {1} ist nicht vom Typ {2}.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fields.py"/>
        <source>{0}: {1} is out of range.</source>
        <translation>{0}: {1} liegt außerhalb des Bereichs.</translation>
    </message>
    <message>
        <location filename="../../plugin/core/fields.py"/>
        <source>{0}: {1} is unknown.</source>
        <translation>{0}: {1} ist unbekannt.</translation>
    </message>
</context>
</TS>
