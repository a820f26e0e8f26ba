@{
    Severity     = @('Error', 'Warning', 'Information')
    ExcludeRules = @(
        # Variables of BeforeAll are used in It, which the rule does not see.
        'PSUseDeclaredVarsMoreThanAssignments'
        # Functions of the project's own scripts have a line of comment, where their name does not say all.
        'PSProvideCommentHelp'
        # The functions of the tests make files in a folder of the test, and nobody has to be asked.
        'PSUseShouldProcessForStateChangingFunctions'
    )
    Rules        = @{
        PSUseCompatibleSyntax      = @{ Enable = $true; TargetVersions = @('7.6') }
        PSPlaceOpenBrace           = @{ Enable = $true; OnSameLine = $true }
        PSPlaceCloseBrace          = @{ Enable = $true }
        PSUseConsistentIndentation = @{ Enable = $true; IndentationSize = 4 }
        # The values of a table may stand below each other.
        PSUseConsistentWhitespace  = @{ Enable = $true; IgnoreAssignmentOperatorInsideHashTable = $true }
    }
}
