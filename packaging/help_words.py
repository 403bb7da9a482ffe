"""Words of the offline help's generated tables that are no texts of the plugin, by language: heads,
keys, titles, commands.
"""

WORDS: dict[str, dict[str, str]] = {
    "": {},
    "de": {
        # titles of the pages
        "Contents": "Inhalt",
        "First run": "Erster Lauf",
        "Matching": "Suche",
        "Reviewing": "Prüfen",
        "Accuracy and models": "Güte und Modelle",
        "Comparing and preview": "Vergleich und Vorschau",
        "Warping": "Entzerren",
        "Siblings and vectors": "Weitere Layer der Szene",
        "Sessions and recovery": "Sitzungen und Wiederherstellung",
        "Import and export": "Import und Export",
        "Processing, command line, batch": "Verarbeitung, Kommandozeile, Stapel",
        "Reports": "Berichte",
        "Settings and interpreter": "Einstellungen und Interpreter",
        "Troubleshooting": "Fehlersuche",
        # heads
        "Key": "Taste",
        "What it does": "Wirkung",
        "Figure": "Kennzahl",
        "What it is": "Bedeutung",
        "Column": "Spalte",
        "Parameter": "Parameter",
        "Meaning": "Bedeutung",
        "Default": "Vorgabe",
        "Allowed": "Erlaubt",
        "Output": "Ausgabe",
        "Command": "Befehl",
        "automatic": "automatisch",
        "on": "ein",
        "off": "aus",
        "from {0}": "ab {0}",
        "{0} to {1}": "{0} bis {1}",
        "Needs the package {0}.": "Benötigt das Paket {0}.",
        # keys
        "Del": "Entf",
        "Space": "Leertaste",
        "Arrow keys": "Pfeiltasten",
        "Shift+arrow keys": "Umschalt+Pfeiltasten",
        "Ctrl+Up": "Strg+Auf",
        "Ctrl+Down": "Strg+Ab",
        "Ctrl+Z": "Strg+Z",
        "Ctrl+Y": "Strg+Y",
        "Ctrl+Shift+Z": "Strg+Umschalt+Z",
        "Accept the selected points: they take part in the fit, whatever a filter said": (
            "Die gewählten Punkte annehmen: Sie gehören zur Anpassung, was immer ein Filter sagte"
        ),
        "Reject them: they stay in the list and on the map, out of the fit": (
            "Sie verwerfen: Sie bleiben in der Liste und auf der Karte, außerhalb der Anpassung"
        ),
        "Undecided: back to how they were found": "Offen: zurück dazu, wie sie gefunden wurden",
        "Check point: measured, kept out of every fit; again to undo": (
            "Prüfpunkt: gemessen, aus jeder Anpassung herausgehalten; noch einmal hebt es auf"
        ),
        "Next point of the queue": "Nächster Punkt der Reihenfolge",
        "Previous point": "Voriger Punkt",
        "Zoom the map to the point": "Karte auf den Punkt zoomen",
        "Let the two chips take turns in one": "Beide Ausschnitte im Wechsel in einem zeigen",
        "Flicker: the layers on the map while they are compared, else the chips": (
            "Wechselbild: die Layer auf der Karte, während sie verglichen werden, sonst die "
            "Ausschnitte"
        ),
        "Show the sensed chip as fitted, or as it is georeferenced": (
            "Das Suchbild im Ausschnitt wie angepasst zeigen, oder wie georeferenziert"
        ),
        "Explain the point: what the matcher sees there": (
            "Den Punkt erklären: was der Matcher dort sieht"
        ),
        "Draw a lasso in place of a rectangle": "Ein Lasso statt eines Rechtecks ziehen",
        "Zoom the chips (in the table)": "Die Ausschnitte zoomen (in der Tabelle)",
        "Nudge the selected point by 0.1 px of the reference": (
            "Den gewählten Punkt um 0,1 px der Referenz rücken"
        ),
        "Nudge it by 1 px": "Ihn um 1 px rücken",
        "Row above, row below in the table": "Zeile darüber, Zeile darunter in der Tabelle",
        "Before / after: the sensed raster as it lies, or as it will lie": (
            "Vorher / nachher: das Suchbild, wie es liegt oder liegen wird"
        ),
        "End adding a point": "Das Hinzufügen eines Punktes beenden",
        "Undo": "Rückgängig",
        "Redo": "Wiederholen",
        # commands
        "Find tie points, fit a model and write the warped raster.": (
            "Sucht Verknüpfungspunkte, passt ein Modell an und schreibt das entzerrte Raster."
        ),
        "Find tie points and fit a model.": "Sucht Verknüpfungspunkte und passt ein Modell an.",
        "Warp a raster with control points.": "Entzerrt ein Raster mit Passpunkten.",
        "Register many pairs listed in a CSV.": (
            "Richtet viele Paare aus, die in einer CSV-Datei stehen."
        ),
        "Measure matchers on a dataset with known truth.": (
            "Misst Matcher an einem Datensatz mit bekannter Wahrheit."
        ),
        "Measure how time and memory of matchers grow with the scene.": (
            "Misst, wie Zeit und Speicher der Matcher mit der Szene wachsen."
        ),
        "Measure matchers on a real scene with check points, its sensed raster displaced.": (
            "Misst Matcher an einer echten Szene mit Prüfpunkten, deren Suchbild verschoben wird."
        ),
        (
            "Draw what a matcher sees at one place: chips, similarity surface, peaks, gates "
            "of the experts."
        ): (
            "Zeichnet, was ein Matcher an einer Stelle sieht: Ausschnitte, "
            "Ähnlichkeitsfläche, Maxima, Gewichte der Experten."
        ),
        "Train a network on a dataset of aligned pairs; needs torch.": (
            "Trainiert ein Netz an einem Datensatz ausgerichteter Paare; benötigt torch."
        ),
        "Learn what the score of a matcher means, on a dataset with known truth.": (
            "Lernt an einem Datensatz mit bekannter Wahrheit, was der Score eines Matchers "
            "bedeutet."
        ),
        "Learn when a registration is right, for all matchers, on a dataset with known truth.": (
            "Lernt an einem Datensatz mit bekannter Wahrheit, wann eine Ausrichtung richtig ist, "
            "für alle Matcher."
        ),
        "Adapt a network to a scene: train it for some minutes around accepted control points.": (
            "Lässt ein Netz auf einer Szene nachlernen: trainiert es einige Minuten lang "
            "rund um angenommene Passpunkte."
        ),
        "Measure a matcher in the terms of its paper; the published figures stand beside ours.": (
            "Misst einen Matcher mit den Größen seiner Veröffentlichung; die "
            "veröffentlichten Zahlen stehen neben den unseren."
        ),
        "Make a synthetic scene pair, register it and compare with the truth.": (
            "Erzeugt ein künstliches Bildpaar, richtet es aus und vergleicht mit der Wahrheit."
        ),
        "List the matchers and their parameters.": "Zählt die Matcher und ihre Parameter auf.",
    },
}
